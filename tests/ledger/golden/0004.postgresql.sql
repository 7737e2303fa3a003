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
    engines json
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
INSERT INTO public.alembic_version VALUES ('0004');
INSERT INTO public.attempts VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 1, 'old-host:1', 'cpu', 1795373195.134417, 1795373195.152053, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f', 1, 'old-host:1', 'cpu', 1795373195.162547, 1795373195.171382, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', 1, 'old-host:1', 'cpu', 1795373195.175554, 1795373195.186684, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d', 1, 'old-host:1', 'cpu', 1795373195.191527, 1795373195.196259, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1', 1, 'old-host:1', 'cpu', 1795373195.199305, 1795373195.205519, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', 1, 'old-host:1', 'cpu', 1795373195.211945, 1795373195.219909, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941', 1, 'old-host:1', 'cpu', 1795373195.227681, 1795373195.232769, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a', 1, 'old-host:1', 'cpu', 1795373195.235239, 1795373195.241037, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 1, 'old-host:1', 'cpu', 1795373195.247573, NULL, NULL, NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 1, 'old-host:1', 'cpu', 1795373195.287638, 1795373195.295732, 'FAILED', 'it cannot succeed', 'a log
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 1, 'old-host:1', 'cpu', 1795373195.299075, 1795373195.303878, 'CRASHED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 2, 'old-host:1', 'cpu', 1795373195.306854, 1795373195.312731, 'QUARANTINED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 1, 'old-host:1', 'cpu', 1795373195.31487, NULL, NULL, NULL, NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 1, 'old-host:1', 'cpu', 1795373195.319179, 1795373195.324113, 'CRASHED', 'killed', NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 2, 'old-host:1', 'cpu', 1795373195.326876, NULL, NULL, NULL, NULL);
INSERT INTO public.cells VALUES (1, 1, 1, 'oneshot', 0.5, 1, 1, 0, 'digits', 'resnet18', 16, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '["d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1"]', 'e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d', '6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f', '4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1');
INSERT INTO public.cells VALUES (2, 1, 2, 'oneshot', 0.9, 1, 1, 0, 'digits', 'resnet18', 16, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '["eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477"]', 'bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941', '6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f', 'ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a');
INSERT INTO public.cells VALUES (3, 1, 3, 'iterative', 0.5, 1, 2, 0, 'digits', 'resnet18', 16, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '["b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548", "fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd"]', '9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b', '6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f', 'ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71');
INSERT INTO public.cells VALUES (4, 1, 4, 'iterative', 0.9, 1, 2, 0, 'digits', 'resnet18', 16, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '["85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016", "75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73"]', 'c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d', '6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f', '4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'd31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477');
INSERT INTO public.edges VALUES ('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73', '4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7');
INSERT INTO public.edges VALUES ('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73', 'c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d');
INSERT INTO public.edges VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', '75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73');
INSERT INTO public.edges VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 'c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d');
INSERT INTO public.edges VALUES ('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548', '9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b');
INSERT INTO public.edges VALUES ('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548', 'fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd');
INSERT INTO public.edges VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', '4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1');
INSERT INTO public.edges VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', 'e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d');
INSERT INTO public.edges VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', 'ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a');
INSERT INTO public.edges VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', 'bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941');
INSERT INTO public.edges VALUES ('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd', '9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b');
INSERT INTO public.edges VALUES ('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd', 'ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71');
INSERT INTO public.edges VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.identity VALUES ('cef1aeac7a574cb3ae16b592da41de0f');
INSERT INTO public.latencies VALUES ('4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795373195.20365, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]');
INSERT INTO public.latencies VALUES ('ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795373195.240156, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]');
INSERT INTO public.metrics VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795373195.141678);
INSERT INTO public.metrics VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795373195.181729);
INSERT INTO public.metrics VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795373195.215758);
INSERT INTO public.metrics VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795373195.251558);
INSERT INTO public.results VALUES ('6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f', 0.95, NULL, 0.3, 360, 699056, 699056, 8000000, 8000000, '[]', 'cpu', 1795373195.168682, NULL, 0);
INSERT INTO public.results VALUES ('e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795373195.195598, NULL, 0);
INSERT INTO public.results VALUES ('bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795373195.231945, NULL, 0);
INSERT INTO public.snapshots VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 1, '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a', 99, 1, 3, 1795373195.267736);
INSERT INTO public.stages VALUES ('4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7', 'benchmark', '{"batch":1,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795373195.10448, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795373195.10448, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b', 'evaluate', '{"before":"b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795373195.10448, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d', 'evaluate', '{"before":"85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795373195.10448, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795373195.10448, 1795373195.175554, 1795373195.183222, 12.5, '1cea86562bdbbee4b5fd0a1e86cd6b3e18eba7f69e87ce3b93abb67d9478a13d', 2863311, '{"nonzero": 69906}');
INSERT INTO public.stages VALUES ('e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d', 'evaluate', '{"before":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795373195.10448, 1795373195.191527, 1795373195.195598, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1', 'benchmark', '{"batch":1,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795373195.10448, 1795373195.199305, 1795373195.20365, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941', 'evaluate', '{"before":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795373195.10448, 1795373195.227681, 1795373195.231945, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a', 'benchmark', '{"batch":1,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795373195.10448, 1795373195.235239, 1795373195.240156, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71', 'benchmark', '{"batch":1,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795373195.10448, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795373195.10448, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'train', '{"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":10,"horizon":0,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}', '', 'digits/resnet18/16/64', 10, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795373195.10448, 1795373195.134417, 1795373195.150475, 12.5, '117d7989d1038f3592f9e4f262e12143e967fea64f249beabd1037818712dc54', 2863311, '{"nonzero": 69906}');
INSERT INTO public.stages VALUES ('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}', '', 'digits/resnet18/16/64', 1, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795373195.10448, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f', 'evaluate', '{"before":"","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795373195.10448, 1795373195.162547, 1795373195.168682, 0, NULL, NULL, '{}');
INSERT INTO public.stages VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795373195.10448, 1795373195.211945, 1795373195.219506, 12.5, '774cb0b40b95bee4930157d8661397544e69eef88ee26b5d70d507e0c3458cae', 2863311, '{"nonzero": 69906}');
INSERT INTO public.stages VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}', '', 'digits/resnet18/16/64', 1, 'RUNNING', 1, 0, 0, 0, NULL, 1795373196.247572, 'old-host:1', 'cpu', false, NULL, 1795373195.10448, 1795373195.247573, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}', '', '', 0, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795373195.273393, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}', '', '', 0, 'FAILED', 1, 0, 0, 1795373195.29326, NULL, NULL, 'old-host:1', 'cpu', false, 'it cannot succeed', 1795373195.273393, 1795373195.287638, 1795373195.294139, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537', 'sleep', '{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}', '', '', 0, 'CANCELLED', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, 'upstream ce288ba84987 failed', 1795373195.273393, NULL, 1795373195.29546, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}', '', '', 0, 'QUARANTINED', 2, 2, 0, 1795373195.311759, NULL, NULL, 'old-host:1', 'cpu', false, 'killed by SIGSEGV', 1795373195.273393, 1795373195.306854, 1795373195.312131, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}', '', '', 0, 'RUNNING', 1, 0, 0, 0, NULL, 1795373196.314869, 'old-host:1', 'cpu', false, NULL, 1795373195.273393, 1795373195.31487, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.stages VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}', '', '', 0, 'RUNNING', 2, 1, 0, 1795373195.323897, NULL, 1795373195.326875, 'old-host:1', 'cpu', false, NULL, 1795373195.273393, 1795373195.326876, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.sweep_stages VALUES (1, '4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7');
INSERT INTO public.sweep_stages VALUES (1, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711');
INSERT INTO public.sweep_stages VALUES (1, '4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1');
INSERT INTO public.sweep_stages VALUES (1, '6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f');
INSERT INTO public.sweep_stages VALUES (1, '75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73');
INSERT INTO public.sweep_stages VALUES (1, '85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016');
INSERT INTO public.sweep_stages VALUES (1, '9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b');
INSERT INTO public.sweep_stages VALUES (1, 'ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a');
INSERT INTO public.sweep_stages VALUES (1, 'b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548');
INSERT INTO public.sweep_stages VALUES (1, 'bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941');
INSERT INTO public.sweep_stages VALUES (1, 'c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d');
INSERT INTO public.sweep_stages VALUES (1, 'd31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1');
INSERT INTO public.sweep_stages VALUES (1, 'e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d');
INSERT INTO public.sweep_stages VALUES (1, 'ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71');
INSERT INTO public.sweep_stages VALUES (1, 'eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477');
INSERT INTO public.sweep_stages VALUES (1, 'fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd');
INSERT INTO public.sweep_stages VALUES (2, '1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf');
INSERT INTO public.sweep_stages VALUES (2, '299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2');
INSERT INTO public.sweep_stages VALUES (2, '2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d');
INSERT INTO public.sweep_stages VALUES (2, '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.sweep_stages VALUES (2, '5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798');
INSERT INTO public.sweep_stages VALUES (2, 'ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab');
INSERT INTO public.sweeps VALUES (1, 'study', '{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": []}', '0.1.0', 1795373195.102851, false);
INSERT INTO public.sweeps VALUES (2, 'naps', '{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": []}', '0.1.0', 1795373195.272628, false);
INSERT INTO public.workers VALUES ('old-host:1', 'old-host', 1, '["cpu"]', '0.1.0', 1795373195.092494, 1795373195.092576, false);
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
