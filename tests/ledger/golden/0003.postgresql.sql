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
    at double precision NOT NULL,
    top1_bn double precision,
    collapsed integer
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
INSERT INTO public.alembic_version VALUES ('0003');
INSERT INTO public.attempts VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', 1, 'old-host:1', 'cpu', 1795364660.833619, 1795364660.842658, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99', 1, 'old-host:1', 'cpu', 1795364660.84758, 1795364660.852168, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd', 1, 'old-host:1', 'cpu', 1795364660.853829, 1795364660.857471, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120', 1, 'old-host:1', 'cpu', 1795364660.860523, 1795364660.863115, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0', 1, 'old-host:1', 'cpu', 1795364660.864509, 1795364660.868407, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702', 1, 'old-host:1', 'cpu', 1795364660.870078, 1795364660.874049, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b', 1, 'old-host:1', 'cpu', 1795364660.876928, 1795364660.879329, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b', 1, 'old-host:1', 'cpu', 1795364660.880522, 1795364660.882804, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68', 1, 'old-host:1', 'cpu', 1795364660.883963, NULL, NULL, NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 1, 'old-host:1', 'cpu', 1795364660.905911, 1795364660.911978, 'FAILED', 'it cannot succeed', 'a log
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 1, 'old-host:1', 'cpu', 1795364660.913409, 1795364660.915936, 'CRASHED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 2, 'old-host:1', 'cpu', 1795364660.916932, 1795364660.920132, 'QUARANTINED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 1, 'old-host:1', 'cpu', 1795364660.921133, NULL, NULL, NULL, NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 1, 'old-host:1', 'cpu', 1795364660.921953, 1795364660.923903, 'CRASHED', 'killed', NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 2, 'old-host:1', 'cpu', 1795364660.924802, NULL, NULL, NULL, NULL);
INSERT INTO public.cells VALUES (1, 1, 1, 'oneshot', 0.5, 1, 1, 0, 'digits', 'resnet18', 16, '5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '["63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd"]', 'ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120', 'ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99', 'a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0');
INSERT INTO public.cells VALUES (2, 1, 2, 'oneshot', 0.9, 1, 1, 0, 'digits', 'resnet18', 16, '5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '["9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702"]', '8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b', 'ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99', '5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b');
INSERT INTO public.cells VALUES (3, 1, 3, 'iterative', 0.5, 1, 2, 0, 'digits', 'resnet18', 16, '5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '["665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9", "15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57"]', 'de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b', 'ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99', '8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a');
INSERT INTO public.cells VALUES (4, 1, 4, 'iterative', 0.9, 1, 2, 0, 'digits', 'resnet18', 16, '5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '["11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68", "56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697"]', '2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b', 'ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99', '4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab');
INSERT INTO public.edges VALUES ('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68', '2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b');
INSERT INTO public.edges VALUES ('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68', '56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697');
INSERT INTO public.edges VALUES ('15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57', '8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a');
INSERT INTO public.edges VALUES ('15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57', 'de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b');
INSERT INTO public.edges VALUES ('56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697', '2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b');
INSERT INTO public.edges VALUES ('56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697', '4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', '9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', 'a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', 'ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99');
INSERT INTO public.edges VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', 'ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120');
INSERT INTO public.edges VALUES ('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd', 'a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0');
INSERT INTO public.edges VALUES ('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd', 'ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120');
INSERT INTO public.edges VALUES ('665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9', '15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57');
INSERT INTO public.edges VALUES ('665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9', 'de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b');
INSERT INTO public.edges VALUES ('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702', '5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b');
INSERT INTO public.edges VALUES ('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702', '8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b');
INSERT INTO public.edges VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.identity VALUES ('a784ef9f8dde4ef3a2716ae753c7d21b');
INSERT INTO public.latencies VALUES ('a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795364660.866025);
INSERT INTO public.latencies VALUES ('5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795364660.881897);
INSERT INTO public.metrics VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795364660.837582);
INSERT INTO public.metrics VALUES ('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795364660.855244);
INSERT INTO public.metrics VALUES ('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795364660.87141);
INSERT INTO public.metrics VALUES ('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795364660.885082);
INSERT INTO public.results VALUES ('ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99', 0.95, NULL, 0.3, 360, 699056, 699056, 8000000, 8000000, '[]', 'cpu', 1795364660.84959, NULL, 0);
INSERT INTO public.results VALUES ('ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795364660.862136, NULL, 0);
INSERT INTO public.results VALUES ('8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795364660.878515, NULL, 0);
INSERT INTO public.snapshots VALUES ('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68', 1, '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a', 99, 1, 3, 1795364660.895497);
INSERT INTO public.stages VALUES ('15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795364660.8098, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b', 'evaluate', '{"before":"11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795364660.8098, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab', 'benchmark', '{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795364660.8098, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795364660.8098, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a', 'benchmark', '{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795364660.8098, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b', 'evaluate', '{"before":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795364660.8098, 1795364660.876928, 1795364660.878515, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b', 'benchmark', '{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795364660.8098, 1795364660.880522, 1795364660.881897, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}', '', 'digits/resnet18/16/64', 1, 'RUNNING', 1, 0, 0, 0, NULL, 1795364661.883962, 'old-host:1', 'cpu', false, NULL, 1795364660.8098, 1795364660.883963, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b', 'evaluate', '{"before":"665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795364660.8098, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65', 'train', '{"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":10,"horizon":0,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}', '', 'digits/resnet18/16/64', 10, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795364660.8098, 1795364660.833619, 1795364660.841451, 12.5, '56ad9d662bef695d2a3a25f450569fe814d40b6fc37dc970142129a4c5d913f5', 2863311, '{"nonzero": 69906}');
INSERT INTO public.stages VALUES ('665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}', '', 'digits/resnet18/16/64', 1, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795364660.8098, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99', 'evaluate', '{"before":"","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795364660.8098, 1795364660.84758, 1795364660.84959, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795364660.8098, 1795364660.853829, 1795364660.856992, 12.5, 'ddeb32c622bbeaf1a0bd58b8d587bc28f3dabf4f9eb4e889e5de7055e894fc36', 2863311, '{"nonzero": 69906}');
INSERT INTO public.stages VALUES ('a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0', 'benchmark', '{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795364660.8098, 1795364660.864509, 1795364660.866025, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795364660.8098, 1795364660.870078, 1795364660.873416, 12.5, '207218faff7aba07f76e3cb3f3f778864aab86474c4d1e3a5b17adf0f33113b9', 2863311, '{"nonzero": 69906}');
INSERT INTO public.stages VALUES ('ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120', 'evaluate', '{"before":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795364660.8098, 1795364660.860523, 1795364660.862136, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}', '', '', 0, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795364660.899438, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}', '', '', 0, 'FAILED', 1, 0, 0, 1795364660.908903, NULL, NULL, 'old-host:1', 'cpu', false, 'it cannot succeed', 1795364660.899438, 1795364660.905911, 1795364660.909987, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537', 'sleep', '{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}', '', '', 0, 'CANCELLED', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, 'upstream ce288ba84987 failed', 1795364660.899438, NULL, 1795364660.911581, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}', '', '', 0, 'QUARANTINED', 2, 2, 0, 1795364660.918552, NULL, NULL, 'old-host:1', 'cpu', false, 'killed by SIGSEGV', 1795364660.899438, 1795364660.916932, 1795364660.919149, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}', '', '', 0, 'RUNNING', 1, 0, 0, 0, NULL, 1795364661.921132, 'old-host:1', 'cpu', false, NULL, 1795364660.899438, 1795364660.921133, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}', '', '', 0, 'RUNNING', 2, 1, 0, 1795364660.92359, NULL, 1795364660.9248, 'old-host:1', 'cpu', false, NULL, 1795364660.899438, 1795364660.924802, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.sweep_stages VALUES (1, '11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68');
INSERT INTO public.sweep_stages VALUES (1, '15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57');
INSERT INTO public.sweep_stages VALUES (1, '2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b');
INSERT INTO public.sweep_stages VALUES (1, '4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab');
INSERT INTO public.sweep_stages VALUES (1, '56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697');
INSERT INTO public.sweep_stages VALUES (1, '5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b');
INSERT INTO public.sweep_stages VALUES (1, '5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65');
INSERT INTO public.sweep_stages VALUES (1, '63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd');
INSERT INTO public.sweep_stages VALUES (1, '665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9');
INSERT INTO public.sweep_stages VALUES (1, '8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a');
INSERT INTO public.sweep_stages VALUES (1, '8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b');
INSERT INTO public.sweep_stages VALUES (1, '9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702');
INSERT INTO public.sweep_stages VALUES (1, 'a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0');
INSERT INTO public.sweep_stages VALUES (1, 'ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99');
INSERT INTO public.sweep_stages VALUES (1, 'de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b');
INSERT INTO public.sweep_stages VALUES (1, 'ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120');
INSERT INTO public.sweep_stages VALUES (2, '1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf');
INSERT INTO public.sweep_stages VALUES (2, '299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2');
INSERT INTO public.sweep_stages VALUES (2, '2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d');
INSERT INTO public.sweep_stages VALUES (2, '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.sweep_stages VALUES (2, '5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798');
INSERT INTO public.sweep_stages VALUES (2, 'ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab');
INSERT INTO public.sweeps VALUES (1, 'study', '{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "fair": false, "bn_reestimate": false, "algorithms": []}', '0.1.0', 1795364660.80742, false);
INSERT INTO public.sweeps VALUES (2, 'naps', '{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "fair": false, "bn_reestimate": false, "algorithms": []}', '0.1.0', 1795364660.898617, false);
INSERT INTO public.workers VALUES ('old-host:1', 'old-host', 1, '["cpu"]', '0.1.0', 1795364660.792561, 1795364660.79266, false);
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
