SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.attempts (
    digest character varying(64) NOT NULL,
    attempt integer NOT NULL,
    worker character varying(128) NOT NULL,
    slot character varying(32) NOT NULL,
    started_at double precision NOT NULL,
    ended_at double precision,
    outcome character varying(16),
    reason text,
    log text
);
CREATE TABLE public.cells (
    id integer NOT NULL,
    sweep_id integer NOT NULL,
    "position" integer NOT NULL,
    algorithm character varying(64) NOT NULL,
    sparsity double precision NOT NULL,
    epochs integer NOT NULL,
    iterations integer NOT NULL,
    seed integer NOT NULL,
    dataset text NOT NULL,
    model character varying(64) NOT NULL,
    width integer NOT NULL,
    train character varying(64) NOT NULL,
    rounds json NOT NULL,
    evaluate character varying(64) NOT NULL,
    dense_evaluate character varying(64) NOT NULL,
    benchmark character varying(64)
);
CREATE SEQUENCE public.cells_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.cells_id_seq OWNED BY public.cells.id;
CREATE TABLE public.edges (
    parent character varying(64) NOT NULL,
    child character varying(64) NOT NULL
);
CREATE TABLE public.identity (
    id character varying(32) NOT NULL
);
CREATE TABLE public.latencies (
    digest character varying(64) NOT NULL,
    dense_ms double precision NOT NULL,
    pruned_ms double precision NOT NULL,
    ratio double precision NOT NULL,
    ratio_low double precision NOT NULL,
    ratio_high double precision NOT NULL,
    rounds integer NOT NULL,
    engine character varying(64) NOT NULL,
    threads integer NOT NULL,
    batch integer NOT NULL,
    processor character varying(128) NOT NULL,
    host character varying(128) NOT NULL,
    at double precision NOT NULL
);
CREATE TABLE public.metrics (
    digest character varying(64) NOT NULL,
    epoch integer NOT NULL,
    attempt integer NOT NULL,
    loss double precision NOT NULL,
    top1 double precision,
    lr double precision NOT NULL,
    seconds double precision NOT NULL,
    images_per_s double precision NOT NULL,
    at double precision NOT NULL
);
CREATE TABLE public.results (
    digest character varying(64) NOT NULL,
    top1 double precision NOT NULL,
    top1_before double precision,
    loss double precision NOT NULL,
    images integer NOT NULL,
    nonzero bigint NOT NULL,
    total bigint NOT NULL,
    macs bigint NOT NULL,
    macs_dense bigint NOT NULL,
    layers json NOT NULL,
    device character varying(128) NOT NULL,
    at double precision NOT NULL
);
CREATE TABLE public.snapshots (
    digest character varying(64) NOT NULL,
    attempt integer NOT NULL,
    artifact character varying(64) NOT NULL,
    artifact_bytes bigint NOT NULL,
    epoch integer NOT NULL,
    step integer NOT NULL,
    at double precision NOT NULL
);
CREATE TABLE public.stages (
    digest character varying(64) NOT NULL,
    kind character varying(16) NOT NULL,
    spec text NOT NULL,
    device character varying(16) NOT NULL,
    workload text NOT NULL,
    epochs integer NOT NULL,
    state character varying(16) NOT NULL,
    attempt integer NOT NULL,
    failures integer NOT NULL,
    losses integer NOT NULL,
    not_before double precision NOT NULL,
    hinted_at double precision,
    lease_until double precision,
    worker character varying(128),
    slot character varying(32),
    cancel boolean NOT NULL,
    error text,
    created_at double precision NOT NULL,
    started_at double precision,
    ended_at double precision,
    train_seconds double precision,
    artifact character varying(64),
    artifact_bytes bigint,
    summary json
);
CREATE TABLE public.sweep_stages (
    sweep_id integer NOT NULL,
    digest character varying(64) NOT NULL
);
CREATE TABLE public.sweeps (
    id integer NOT NULL,
    name character varying(64) NOT NULL,
    grid json NOT NULL,
    version character varying(32) NOT NULL,
    created_at double precision NOT NULL,
    cancelled boolean NOT NULL
);
CREATE SEQUENCE public.sweeps_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.sweeps_id_seq OWNED BY public.sweeps.id;
CREATE TABLE public.workers (
    id character varying(128) NOT NULL,
    host character varying(128) NOT NULL,
    pid integer NOT NULL,
    slots json NOT NULL,
    version character varying(32) NOT NULL,
    started_at double precision NOT NULL,
    seen_at double precision NOT NULL,
    stopped boolean NOT NULL
);
ALTER TABLE ONLY public.cells ALTER COLUMN id SET DEFAULT nextval('public.cells_id_seq'::regclass);
ALTER TABLE ONLY public.sweeps ALTER COLUMN id SET DEFAULT nextval('public.sweeps_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0002');
INSERT INTO public.attempts VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', 1, 'old-host:1', 'cpu', 1795361788.656841, 1795361788.664075, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59', 1, 'old-host:1', 'cpu', 1795361788.667672, 1795361788.670615, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9', 1, 'old-host:1', 'cpu', 1795361788.671659, 1795361788.675122, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098', 1, 'old-host:1', 'cpu', 1795361788.676935, 1795361788.678501, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e', 1, 'old-host:1', 'cpu', 1795361788.679564, 1795361788.684615, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105', 1, 'old-host:1', 'cpu', 1795361788.685933, 1795361788.692038, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411', 1, 'old-host:1', 'cpu', 1795361788.69391, 1795361788.695528, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6', 1, 'old-host:1', 'cpu', 1795361788.696305, 1795361788.697744, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920', 1, 'old-host:1', 'cpu', 1795361788.698481, NULL, NULL, NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 1, 'old-host:1', 'cpu', 1795361788.714702, 1795361788.718814, 'FAILED', 'it cannot succeed', 'a log
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 1, 'old-host:1', 'cpu', 1795361788.719753, 1795361788.720987, 'CRASHED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 2, 'old-host:1', 'cpu', 1795361788.721516, 1795361788.723365, 'QUARANTINED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 1, 'old-host:1', 'cpu', 1795361788.723971, NULL, NULL, NULL, NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 1, 'old-host:1', 'cpu', 1795361788.724561, 1795361788.725591, 'CRASHED', 'killed', NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 2, 'old-host:1', 'cpu', 1795361788.726024, NULL, NULL, NULL, NULL);
INSERT INTO public.cells VALUES (1, 1, 1, 'oneshot', 0.5, 1, 1, 0, 'digits', 'resnet18', 16, '0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', '["b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9"]', 'a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098', 'e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59', 'df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e');
INSERT INTO public.cells VALUES (2, 1, 2, 'oneshot', 0.9, 1, 1, 0, 'digits', 'resnet18', 16, '0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', '["bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105"]', '951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411', 'e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59', '5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6');
INSERT INTO public.cells VALUES (3, 1, 3, 'iterative', 0.5, 1, 2, 0, 'digits', 'resnet18', 16, '0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', '["019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150", "559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b"]', 'f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6', 'e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59', '4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8');
INSERT INTO public.cells VALUES (4, 1, 4, 'iterative', 0.9, 1, 2, 0, 'digits', 'resnet18', 16, '0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', '["ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920", "2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869"]', '28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024', 'e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59', '709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d');
INSERT INTO public.edges VALUES ('019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150', '559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b');
INSERT INTO public.edges VALUES ('019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150', 'f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', '019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', '4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', '5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', '709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', '951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', 'a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', 'b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', 'bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', 'df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', 'e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59');
INSERT INTO public.edges VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', 'ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920');
INSERT INTO public.edges VALUES ('2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869', '28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024');
INSERT INTO public.edges VALUES ('2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869', '709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d');
INSERT INTO public.edges VALUES ('559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b', '4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8');
INSERT INTO public.edges VALUES ('559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b', 'f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6');
INSERT INTO public.edges VALUES ('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9', 'a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098');
INSERT INTO public.edges VALUES ('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9', 'df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e');
INSERT INTO public.edges VALUES ('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105', '5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6');
INSERT INTO public.edges VALUES ('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105', '951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411');
INSERT INTO public.edges VALUES ('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920', '28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024');
INSERT INTO public.edges VALUES ('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920', '2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869');
INSERT INTO public.edges VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.identity VALUES ('885e9c70f909431ea5d6e66332f8ad97');
INSERT INTO public.latencies VALUES ('df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795361788.682217);
INSERT INTO public.latencies VALUES ('5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795361788.697259);
INSERT INTO public.metrics VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795361788.660302);
INSERT INTO public.metrics VALUES ('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795361788.673631);
INSERT INTO public.metrics VALUES ('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795361788.689341);
INSERT INTO public.metrics VALUES ('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795361788.700196);
INSERT INTO public.results VALUES ('e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59', 0.95, NULL, 0.3, 360, 699056, 699056, 8000000, 8000000, '[]', 'cpu', 1795361788.66893);
INSERT INTO public.results VALUES ('a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795361788.677916);
INSERT INTO public.results VALUES ('951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795361788.695004);
INSERT INTO public.snapshots VALUES ('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920', 1, '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a', 99, 1, 3, 1795361788.707359);
INSERT INTO public.stages VALUES ('28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024', 'evaluate', '{"before":"ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795361788.633123, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869', 'prune', '{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":2,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795361788.633123, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8', 'benchmark', '{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795361788.633123, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b', 'prune', '{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":2,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795361788.633123, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d', 'benchmark', '{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795361788.633123, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9', 'prune', '{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":1,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795361788.633123, 1795361788.671659, 1795361788.674782, 12.5, '9eb170a242c43975798efaf33d3fe6b5d44655e941172ee0b7d3bcd48a9dd57b', 2863311, '{"nonzero": 69906}');
INSERT INTO public.stages VALUES ('a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098', 'evaluate', '{"before":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795361788.633123, 1795361788.676935, 1795361788.677916, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411', 'evaluate', '{"before":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795361788.633123, 1795361788.69391, 1795361788.695004, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6', 'benchmark', '{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795361788.633123, 1795361788.696305, 1795361788.697259, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6', 'evaluate', '{"before":"019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795361788.633123, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d', 'train', '{"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":10,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","pad":1,"precision":"auto","validation":0.1,"warmup":0.2,"weight_decay":0.0005},"seed":0}', '', 'digits/resnet18/16/64', 10, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795361788.633123, 1795361788.656841, 1795361788.663038, 12.5, 'd455a6b63e31cefa1373e7fd87b4d21eb077d7530fff5fcacb4b2a0b08b3d1e0', 2863311, '{"nonzero": 69906}');
INSERT INTO public.stages VALUES ('019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150', 'prune', '{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}', '', 'digits/resnet18/16/64', 1, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795361788.633123, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59', 'evaluate', '{"before":"","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795361788.633123, 1795361788.667672, 1795361788.66893, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e', 'benchmark', '{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795361788.633123, 1795361788.679564, 1795361788.682217, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105', 'prune', '{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":1,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795361788.633123, 1795361788.685933, 1795361788.691669, 12.5, '501112dbccbee468067357c5809669d386441aadb632a507860627ad297b15cb', 2863311, '{"nonzero": 69906}');
INSERT INTO public.stages VALUES ('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920', 'prune', '{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}', '', 'digits/resnet18/16/64', 1, 'RUNNING', 1, 0, 0, 0, NULL, 1795361789.69848, 'old-host:1', 'cpu', false, NULL, 1795361788.633123, 1795361788.698481, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}', '', '', 0, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795361788.709952, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537', 'sleep', '{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}', '', '', 0, 'CANCELLED', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, 'upstream ce288ba84987 failed', 1795361788.709952, NULL, 1795361788.718522, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}', '', '', 0, 'QUARANTINED', 2, 2, 0, 1795361788.722568, NULL, NULL, 'old-host:1', 'cpu', false, 'killed by SIGSEGV', 1795361788.709952, 1795361788.721516, 1795361788.722846, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}', '', '', 0, 'RUNNING', 2, 1, 0, 1795361788.725442, NULL, 1795361788.726023, 'old-host:1', 'cpu', false, NULL, 1795361788.709952, 1795361788.726024, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}', '', '', 0, 'FAILED', 1, 0, 0, 1795361788.716662, NULL, NULL, 'old-host:1', 'cpu', false, 'it cannot succeed', 1795361788.709952, 1795361788.714702, 1795361788.717377, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}', '', '', 0, 'RUNNING', 1, 0, 0, 0, NULL, 1795361789.72397, 'old-host:1', 'cpu', false, NULL, 1795361788.709952, 1795361788.723971, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.sweep_stages VALUES (1, '019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150');
INSERT INTO public.sweep_stages VALUES (1, '0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d');
INSERT INTO public.sweep_stages VALUES (1, '28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024');
INSERT INTO public.sweep_stages VALUES (1, '2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869');
INSERT INTO public.sweep_stages VALUES (1, '4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8');
INSERT INTO public.sweep_stages VALUES (1, '559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b');
INSERT INTO public.sweep_stages VALUES (1, '5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6');
INSERT INTO public.sweep_stages VALUES (1, '709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d');
INSERT INTO public.sweep_stages VALUES (1, '951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411');
INSERT INTO public.sweep_stages VALUES (1, 'a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098');
INSERT INTO public.sweep_stages VALUES (1, 'b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9');
INSERT INTO public.sweep_stages VALUES (1, 'bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105');
INSERT INTO public.sweep_stages VALUES (1, 'df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e');
INSERT INTO public.sweep_stages VALUES (1, 'e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59');
INSERT INTO public.sweep_stages VALUES (1, 'ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920');
INSERT INTO public.sweep_stages VALUES (1, 'f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6');
INSERT INTO public.sweep_stages VALUES (2, '1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf');
INSERT INTO public.sweep_stages VALUES (2, '299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2');
INSERT INTO public.sweep_stages VALUES (2, '2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d');
INSERT INTO public.sweep_stages VALUES (2, '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.sweep_stages VALUES (2, '5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798');
INSERT INTO public.sweep_stages VALUES (2, 'ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab');
INSERT INTO public.sweeps VALUES (1, 'study', '{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1}', '0.1.0', 1795361788.631024, false);
INSERT INTO public.sweeps VALUES (2, 'naps', '{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1}', '0.1.0', 1795361788.709303, false);
INSERT INTO public.workers VALUES ('old-host:1', 'old-host', 1, '["cpu"]', '0.1.0', 1795361788.626971, 1795361788.627075, false);
SELECT pg_catalog.setval('public.cells_id_seq', 4, true);
SELECT pg_catalog.setval('public.sweeps_id_seq', 2, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT pk_attempts PRIMARY KEY (digest, attempt);
ALTER TABLE ONLY public.cells
    ADD CONSTRAINT pk_cells PRIMARY KEY (id);
ALTER TABLE ONLY public.edges
    ADD CONSTRAINT pk_edges PRIMARY KEY (parent, child);
ALTER TABLE ONLY public.identity
    ADD CONSTRAINT pk_identity PRIMARY KEY (id);
ALTER TABLE ONLY public.latencies
    ADD CONSTRAINT pk_latencies PRIMARY KEY (digest);
ALTER TABLE ONLY public.metrics
    ADD CONSTRAINT pk_metrics PRIMARY KEY (digest, epoch);
ALTER TABLE ONLY public.results
    ADD CONSTRAINT pk_results PRIMARY KEY (digest);
ALTER TABLE ONLY public.snapshots
    ADD CONSTRAINT pk_snapshots PRIMARY KEY (digest);
ALTER TABLE ONLY public.stages
    ADD CONSTRAINT pk_stages PRIMARY KEY (digest);
ALTER TABLE ONLY public.sweep_stages
    ADD CONSTRAINT pk_sweep_stages PRIMARY KEY (sweep_id, digest);
ALTER TABLE ONLY public.sweeps
    ADD CONSTRAINT pk_sweeps PRIMARY KEY (id);
ALTER TABLE ONLY public.workers
    ADD CONSTRAINT pk_workers PRIMARY KEY (id);
ALTER TABLE ONLY public.cells
    ADD CONSTRAINT uq_cells_sweep_id_position UNIQUE (sweep_id, "position");
ALTER TABLE ONLY public.sweeps
    ADD CONSTRAINT uq_sweeps_name UNIQUE (name);
CREATE INDEX ix_cells_evaluate ON public.cells USING btree (evaluate);
CREATE INDEX ix_edges_child ON public.edges USING btree (child);
CREATE INDEX ix_snapshots_artifact ON public.snapshots USING btree (artifact);
CREATE INDEX ix_stages_artifact ON public.stages USING btree (artifact);
CREATE INDEX ix_stages_ended_at ON public.stages USING btree (ended_at);
CREATE INDEX ix_stages_state_lease_until ON public.stages USING btree (state, lease_until);
CREATE INDEX ix_stages_state_not_before ON public.stages USING btree (state, not_before);
CREATE INDEX ix_stages_workload_ended_at ON public.stages USING btree (workload, ended_at);
CREATE INDEX ix_sweep_stages_digest ON public.sweep_stages USING btree (digest);
ALTER TABLE ONLY public.attempts
    ADD CONSTRAINT fk_attempts_digest FOREIGN KEY (digest) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.cells
    ADD CONSTRAINT fk_cells_benchmark FOREIGN KEY (benchmark) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.cells
    ADD CONSTRAINT fk_cells_dense_evaluate FOREIGN KEY (dense_evaluate) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.cells
    ADD CONSTRAINT fk_cells_evaluate FOREIGN KEY (evaluate) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.cells
    ADD CONSTRAINT fk_cells_sweep_id FOREIGN KEY (sweep_id) REFERENCES public.sweeps(id);
ALTER TABLE ONLY public.cells
    ADD CONSTRAINT fk_cells_train FOREIGN KEY (train) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.edges
    ADD CONSTRAINT fk_edges_child FOREIGN KEY (child) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.edges
    ADD CONSTRAINT fk_edges_parent FOREIGN KEY (parent) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.latencies
    ADD CONSTRAINT fk_latencies_digest FOREIGN KEY (digest) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.metrics
    ADD CONSTRAINT fk_metrics_digest FOREIGN KEY (digest) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.results
    ADD CONSTRAINT fk_results_digest FOREIGN KEY (digest) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.snapshots
    ADD CONSTRAINT fk_snapshots_digest FOREIGN KEY (digest) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.sweep_stages
    ADD CONSTRAINT fk_sweep_stages_digest FOREIGN KEY (digest) REFERENCES public.stages(digest);
ALTER TABLE ONLY public.sweep_stages
    ADD CONSTRAINT fk_sweep_stages_sweep_id FOREIGN KEY (sweep_id) REFERENCES public.sweeps(id);
