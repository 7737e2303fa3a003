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
    at double precision NOT NULL,
    dtype character varying(16),
    engine_version character varying(64),
    dense_engine character varying(64),
    dense_version character varying(64),
    null_ratio double precision,
    null_low double precision,
    null_high double precision,
    load double precision,
    busy double precision,
    engines json,
    code character varying(32),
    p double precision,
    autocorrelation double precision,
    zeros_ms double precision,
    zeros_ratio double precision,
    zeros_low double precision,
    zeros_high double precision,
    zeros_p double precision
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
    at double precision NOT NULL,
    top1_bn double precision,
    collapsed integer,
    top5 double precision,
    nonzero_counted bigint,
    total_counted bigint,
    params_nonzero bigint,
    params bigint,
    majority double precision
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
    summary json,
    returns integer DEFAULT 0 NOT NULL,
    furthest bigint DEFAULT '0'::bigint NOT NULL,
    lease_seconds double precision,
    progress_at double precision,
    ran json
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
    stopped boolean NOT NULL,
    notes json
);
ALTER TABLE ONLY public.cells ALTER COLUMN id SET DEFAULT nextval('public.cells_id_seq'::regclass);
ALTER TABLE ONLY public.sweeps ALTER COLUMN id SET DEFAULT nextval('public.sweeps_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0009');
INSERT INTO public.attempts VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', 1, 'old-host:1', 'cpu', 1795893786.048746, 1795893786.161134, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918', 1, 'old-host:1', 'cpu', 1795893786.229786, 1795893786.373847, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709', 1, 'old-host:1', 'cpu', 1795893786.47178, 1795893786.525933, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7', 1, 'old-host:1', 'cpu', 1795893786.726182, 1795893786.929822, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc', 1, 'old-host:1', 'cpu', 1795893786.937052, 1795893787.008277, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0', 1, 'old-host:1', 'cpu', 1795893787.0344, 1795893787.136232, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921', 1, 'old-host:1', 'cpu', 1795893787.17932, 1795893787.240449, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445', 1, 'old-host:1', 'cpu', 1795893787.248327, 1795893787.311498, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76', 1, 'old-host:1', 'cpu', 1795893787.322663, NULL, NULL, NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 1, 'old-host:1', 'cpu', 1795893787.728654, 1795893787.845614, 'FAILED', 'it cannot succeed', 'a log
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 1, 'old-host:1', 'cpu', 1795893787.865543, 1795893787.917652, 'CRASHED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 2, 'old-host:1', 'cpu', 1795893787.923175, 1795893788.031935, 'QUARANTINED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 1, 'old-host:1', 'cpu', 1795893788.042256, NULL, NULL, NULL, NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 1, 'old-host:1', 'cpu', 1795893788.067005, 1795893788.117453, 'CRASHED', 'killed', NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 2, 'old-host:1', 'cpu', 1795893788.125103, NULL, NULL, NULL, NULL);
INSERT INTO public.cells VALUES (1, 1, 1, 'oneshot', 0.5, 1, 1, 0, 'digits', 'resnet18', 16, 'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '["e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709"]', 'c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7', 'db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918', '34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc');
INSERT INTO public.cells VALUES (2, 1, 2, 'oneshot', 0.9, 1, 1, 0, 'digits', 'resnet18', 16, 'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '["1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0"]', '341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921', 'db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918', '2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445');
INSERT INTO public.cells VALUES (3, 1, 3, 'iterative', 0.5, 1, 2, 0, 'digits', 'resnet18', 16, 'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '["61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a", "36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673"]', 'f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87', 'db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918', '0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96');
INSERT INTO public.cells VALUES (4, 1, 4, 'iterative', 0.9, 1, 2, 0, 'digits', 'resnet18', 16, 'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '["ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76", "1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf"]', '5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d', 'db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918', '1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed');
INSERT INTO public.edges VALUES ('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0', '2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445');
INSERT INTO public.edges VALUES ('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0', '341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921');
INSERT INTO public.edges VALUES ('1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf', '1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed');
INSERT INTO public.edges VALUES ('1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf', '5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d');
INSERT INTO public.edges VALUES ('36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673', '0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96');
INSERT INTO public.edges VALUES ('36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673', 'f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87');
INSERT INTO public.edges VALUES ('61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a', '36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673');
INSERT INTO public.edges VALUES ('61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a', 'f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', '61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', 'c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', 'db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', 'e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709');
INSERT INTO public.edges VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', 'ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76');
INSERT INTO public.edges VALUES ('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709', '34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc');
INSERT INTO public.edges VALUES ('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709', 'c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7');
INSERT INTO public.edges VALUES ('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76', '1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf');
INSERT INTO public.edges VALUES ('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76', '5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d');
INSERT INTO public.edges VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.identity VALUES ('416ab0211a5b4fa7a01040bd1402f937');
INSERT INTO public.latencies VALUES ('34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795893786.968368, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]', 'own', 0.00048828125, -0.1, 1.5, 1.5, 1.4, 1.6, 0.00048828125);
INSERT INTO public.latencies VALUES ('2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795893787.294207, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]', 'own', 0.00048828125, -0.1, 1.5, 1.5, 1.4, 1.6, 0.00048828125);
INSERT INTO public.metrics VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795893786.08598);
INSERT INTO public.metrics VALUES ('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795893786.498487);
INSERT INTO public.metrics VALUES ('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795893787.102137);
INSERT INTO public.metrics VALUES ('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795893787.341917);
INSERT INTO public.results VALUES ('db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918', 0.95, NULL, 0.3, 360, 699056, 699056, 8000000, 8000000, '[]', 'cpu', 1795893786.261086, NULL, 0, NULL, 69906, 699056, 71916, 701066, 0.1);
INSERT INTO public.results VALUES ('c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795893786.915391, NULL, 0, NULL, 69906, 699056, 71916, 701066, 0.1);
INSERT INTO public.results VALUES ('341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795893787.212997, NULL, 0, NULL, 69906, 699056, 71916, 701066, 0.1);
INSERT INTO public.snapshots VALUES ('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76', 1, '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a', 99, 1, 3, 1795893787.544476);
INSERT INTO public.stages VALUES ('0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893785.682721, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893785.682721, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":11,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893785.682721, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":11,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893785.682721, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d', 'evaluate', '{"before":"ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893785.682721, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7', 'evaluate', '{"before":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893785.682721, 1795893786.726182, 1795893786.915391, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO public.stages VALUES ('34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893785.682721, 1795893786.937052, 1795893786.968368, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893785.682721, 1795893787.0344, 1795893787.118349, 12.5, '0f62b5b1fb6901c843a82e44b512311908d9678480ba4677a471fcc3f6959201', 2863311, '{"nonzero": 69906, "top1_val": 0.75}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO public.stages VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}', '', '', 0, 'FAILED', 1, 0, 0, 1795893787.791265, NULL, NULL, 'old-host:1', 'cpu', false, 'it cannot succeed', 1795893787.571536, 1795893787.728654, 1795893787.791281, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537', 'sleep', '{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}', '', '', 0, 'CANCELLED', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, 'upstream ce288ba84987 failed', 1795893787.571536, NULL, 1795893787.83678, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}', '', '', 0, 'RUNNING', 1, 0, 0, 0, NULL, 1795893789.042255, 'old-host:1', 'cpu', false, NULL, 1795893787.571536, 1795893788.042256, NULL, NULL, NULL, NULL, NULL, 0, 0, 1, NULL, NULL);
INSERT INTO public.stages VALUES ('f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87', 'evaluate', '{"before":"61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893785.682721, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5', 'train', '{"after":0,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":10,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}', '', 'digits/resnet18/16/64', 10, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893785.682721, 1795893786.048746, 1795893786.13933, 12.5, '5c2ecfbd5523bdeb777420f63cd67dcf8ccacc16aa3f912866b846dda1004b1a', 2863311, '{"nonzero": 69906, "top1_val": 0.75}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO public.stages VALUES ('61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}', '', 'digits/resnet18/16/64', 1, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893785.682721, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918', 'evaluate', '{"before":"","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893785.682721, 1795893786.229786, 1795893786.261086, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO public.stages VALUES ('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893785.682721, 1795893786.47178, 1795893786.507896, 12.5, '9076eaad55aa8bbb615319a3e5a0c74dee26f1435630bb22fde832220d74b12e', 2863311, '{"nonzero": 69906, "top1_val": 0.75}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO public.stages VALUES ('341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921', 'evaluate', '{"before":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893785.682721, 1795893787.17932, 1795893787.212997, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO public.stages VALUES ('2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893785.682721, 1795893787.248327, 1795893787.294207, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}', '', 'digits/resnet18/16/64', 1, 'RUNNING', 1, 0, 0, 0, NULL, 1795893788.322661, 'old-host:1', 'cpu', false, NULL, 1795893785.682721, 1795893787.322663, NULL, NULL, NULL, NULL, NULL, 0, 4294967299, 1, NULL, NULL);
INSERT INTO public.stages VALUES ('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}', '', '', 0, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893787.571536, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}', '', '', 0, 'QUARANTINED', 2, 2, 0, 1795893788.019793, NULL, NULL, 'old-host:1', 'cpu', false, 'killed by SIGSEGV', 1795893787.571536, 1795893787.923175, 1795893788.019807, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}', '', '', 0, 'RUNNING', 2, 1, 0, 1795893788.112601, NULL, 1795893788.125101, 'old-host:1', 'cpu', false, NULL, 1795893787.571536, 1795893788.125103, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, NULL);
INSERT INTO public.sweep_stages VALUES (1, '0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96');
INSERT INTO public.sweep_stages VALUES (1, '1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0');
INSERT INTO public.sweep_stages VALUES (1, '1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed');
INSERT INTO public.sweep_stages VALUES (1, '1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf');
INSERT INTO public.sweep_stages VALUES (1, '2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445');
INSERT INTO public.sweep_stages VALUES (1, '341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921');
INSERT INTO public.sweep_stages VALUES (1, '34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc');
INSERT INTO public.sweep_stages VALUES (1, '36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673');
INSERT INTO public.sweep_stages VALUES (1, '5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d');
INSERT INTO public.sweep_stages VALUES (1, '61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a');
INSERT INTO public.sweep_stages VALUES (1, 'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5');
INSERT INTO public.sweep_stages VALUES (1, 'c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7');
INSERT INTO public.sweep_stages VALUES (1, 'db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918');
INSERT INTO public.sweep_stages VALUES (1, 'e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709');
INSERT INTO public.sweep_stages VALUES (1, 'ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76');
INSERT INTO public.sweep_stages VALUES (1, 'f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87');
INSERT INTO public.sweep_stages VALUES (2, '1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf');
INSERT INTO public.sweep_stages VALUES (2, '299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2');
INSERT INTO public.sweep_stages VALUES (2, '2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d');
INSERT INTO public.sweep_stages VALUES (2, '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.sweep_stages VALUES (2, '5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798');
INSERT INTO public.sweep_stages VALUES (2, 'ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab');
INSERT INTO public.sweeps VALUES (1, 'study', '{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": [], "looked": []}', '0.1.0', 1795893785.640423, false);
INSERT INTO public.sweeps VALUES (2, 'naps', '{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": [], "looked": []}', '0.1.0', 1795893787.566145, false);
INSERT INTO public.workers VALUES ('old-host:1', 'old-host', 1, '["cpu"]', '0.1.0', 1795893785.558989, 1795893785.559089, false, 'null');
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
