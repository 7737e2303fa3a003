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
    collapsed integer,
    top5 double precision,
    nonzero_counted bigint,
    total_counted bigint,
    params_nonzero bigint,
    params bigint
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
    lease_seconds double precision
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
INSERT INTO public.alembic_version VALUES ('0006');
INSERT INTO public.attempts VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 1, 'old-host:1', 'cpu', 1795889334.947404, 1795889334.985781, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc', 1, 'old-host:1', 'cpu', 1795889334.999547, 1795889335.015306, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', 1, 'old-host:1', 'cpu', 1795889335.017741, 1795889335.033555, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5', 1, 'old-host:1', 'cpu', 1795889335.041002, 1795889335.049317, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306', 1, 'old-host:1', 'cpu', 1795889335.051603, 1795889335.066117, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', 1, 'old-host:1', 'cpu', 1795889335.071175, 1795889335.082249, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48', 1, 'old-host:1', 'cpu', 1795889335.091801, 1795889335.097852, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654', 1, 'old-host:1', 'cpu', 1795889335.102852, 1795889335.112417, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 1, 'old-host:1', 'cpu', 1795889335.114378, NULL, NULL, NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 1, 'old-host:1', 'cpu', 1795889335.197605, 1795889335.225995, 'FAILED', 'it cannot succeed', 'a log
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 1, 'old-host:1', 'cpu', 1795889335.230818, 1795889335.240295, 'CRASHED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 2, 'old-host:1', 'cpu', 1795889335.241731, 1795889335.253455, 'QUARANTINED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 1, 'old-host:1', 'cpu', 1795889335.259079, NULL, NULL, NULL, NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 1, 'old-host:1', 'cpu', 1795889335.260474, 1795889335.268324, 'CRASHED', 'killed', NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 2, 'old-host:1', 'cpu', 1795889335.274743, NULL, NULL, NULL, NULL);
INSERT INTO public.cells VALUES (1, 1, 1, 'oneshot', 0.5, 1, 1, 0, 'digits', 'resnet18', 16, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '["d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1"]', 'e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5', 'ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc', 'b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306');
INSERT INTO public.cells VALUES (2, 1, 2, 'oneshot', 0.9, 1, 1, 0, 'digits', 'resnet18', 16, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '["eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477"]', '22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48', 'ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc', '397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654');
INSERT INTO public.cells VALUES (3, 1, 3, 'iterative', 0.5, 1, 2, 0, 'digits', 'resnet18', 16, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '["b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548", "fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd"]', '45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e', 'ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc', 'acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8');
INSERT INTO public.cells VALUES (4, 1, 4, 'iterative', 0.9, 1, 2, 0, 'digits', 'resnet18', 16, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '["85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016", "75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73"]', 'b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288', 'ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc', '861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', '861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'd31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477');
INSERT INTO public.edges VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc');
INSERT INTO public.edges VALUES ('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73', '861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2');
INSERT INTO public.edges VALUES ('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73', 'b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288');
INSERT INTO public.edges VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', '75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73');
INSERT INTO public.edges VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 'b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288');
INSERT INTO public.edges VALUES ('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548', '45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e');
INSERT INTO public.edges VALUES ('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548', 'fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd');
INSERT INTO public.edges VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', 'b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306');
INSERT INTO public.edges VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', 'e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5');
INSERT INTO public.edges VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', '22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48');
INSERT INTO public.edges VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', '397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654');
INSERT INTO public.edges VALUES ('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd', '45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e');
INSERT INTO public.edges VALUES ('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd', 'acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8');
INSERT INTO public.edges VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.identity VALUES ('d1d01f27e67544d8b57e7aff8c8b7fdb');
INSERT INTO public.latencies VALUES ('b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795889335.056778, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]');
INSERT INTO public.latencies VALUES ('397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795889335.110846, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]');
INSERT INTO public.metrics VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795889334.962547);
INSERT INTO public.metrics VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795889335.022027);
INSERT INTO public.metrics VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795889335.075675);
INSERT INTO public.metrics VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795889335.122104);
INSERT INTO public.results VALUES ('ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc', 0.95, NULL, 0.3, 360, 699056, 699056, 8000000, 8000000, '[]', 'cpu', 1795889335.005934, NULL, 0, NULL, 69906, 699056, 71916, 701066);
INSERT INTO public.results VALUES ('e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795889335.047624, NULL, 0, NULL, 69906, 699056, 71916, 701066);
INSERT INTO public.results VALUES ('22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795889335.094256, NULL, 0, NULL, 69906, 699056, 71916, 701066);
INSERT INTO public.snapshots VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 1, '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a', 99, 1, 3, 1795889335.156868);
INSERT INTO public.stages VALUES ('45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e', 'evaluate', '{"before":"b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795889334.853745, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795889334.853745, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2', 'benchmark', '{"batch":1,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795889334.853745, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8', 'benchmark', '{"batch":1,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795889334.853745, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288', 'evaluate', '{"before":"85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795889334.853745, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795889334.853745, 1795889335.017741, 1795889335.032725, 12.5, '1cea86562bdbbee4b5fd0a1e86cd6b3e18eba7f69e87ce3b93abb67d9478a13d', 2863311, '{"nonzero": 69906}', 0, 0, NULL);
INSERT INTO public.stages VALUES ('b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306', 'benchmark', '{"batch":1,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795889334.853745, 1795889335.051603, 1795889335.056778, 0, NULL, NULL, '{}', 0, 0, NULL);
INSERT INTO public.stages VALUES ('22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48', 'evaluate', '{"before":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795889334.853745, 1795889335.091801, 1795889335.094256, 0, NULL, NULL, '{}', 0, 0, NULL);
INSERT INTO public.stages VALUES ('397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654', 'benchmark', '{"batch":1,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795889334.853745, 1795889335.102852, 1795889335.110846, 0, NULL, NULL, '{}', 0, 0, NULL);
INSERT INTO public.stages VALUES ('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795889334.853745, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711', 'train', '{"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":10,"horizon":0,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}', '', 'digits/resnet18/16/64', 10, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795889334.853745, 1795889334.947404, 1795889334.978744, 12.5, '117d7989d1038f3592f9e4f262e12143e967fea64f249beabd1037818712dc54', 2863311, '{"nonzero": 69906}', 0, 0, NULL);
INSERT INTO public.stages VALUES ('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}', '', 'digits/resnet18/16/64', 1, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795889334.853745, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc', 'evaluate', '{"before":"","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795889334.853745, 1795889334.999547, 1795889335.005934, 0, NULL, NULL, '{}', 0, 0, NULL);
INSERT INTO public.stages VALUES ('e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5', 'evaluate', '{"before":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795889334.853745, 1795889335.041002, 1795889335.047624, 0, NULL, NULL, '{}', 0, 0, NULL);
INSERT INTO public.stages VALUES ('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795889334.853745, 1795889335.071175, 1795889335.078177, 12.5, '774cb0b40b95bee4930157d8661397544e69eef88ee26b5d70d507e0c3458cae', 2863311, '{"nonzero": 69906}', 0, 0, NULL);
INSERT INTO public.stages VALUES ('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016', 'prune', '{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}', '', 'digits/resnet18/16/64', 1, 'RUNNING', 1, 0, 0, 0, NULL, 1795889336.114377, 'old-host:1', 'cpu', false, NULL, 1795889334.853745, 1795889335.114378, NULL, NULL, NULL, NULL, NULL, 0, 4294967299, NULL);
INSERT INTO public.stages VALUES ('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}', '', '', 0, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795889335.171072, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}', '', '', 0, 'FAILED', 1, 0, 0, 1795889335.212068, NULL, NULL, 'old-host:1', 'cpu', false, 'it cannot succeed', 1795889335.171072, 1795889335.197605, 1795889335.21208, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537', 'sleep', '{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}', '', '', 0, 'CANCELLED', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, 'upstream ce288ba84987 failed', 1795889335.171072, NULL, 1795889335.2219, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}', '', '', 0, 'QUARANTINED', 2, 2, 0, 1795889335.250825, NULL, NULL, 'old-host:1', 'cpu', false, 'killed by SIGSEGV', 1795889335.171072, 1795889335.241731, 1795889335.250838, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}', '', '', 0, 'RUNNING', 1, 0, 0, 0, NULL, 1795889336.259077, 'old-host:1', 'cpu', false, NULL, 1795889335.171072, 1795889335.259079, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.stages VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}', '', '', 0, 'RUNNING', 2, 1, 0, 1795889335.267887, NULL, 1795889335.274741, 'old-host:1', 'cpu', false, NULL, 1795889335.171072, 1795889335.274743, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL);
INSERT INTO public.sweep_stages VALUES (1, '22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48');
INSERT INTO public.sweep_stages VALUES (1, '397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654');
INSERT INTO public.sweep_stages VALUES (1, '45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711');
INSERT INTO public.sweep_stages VALUES (1, '45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e');
INSERT INTO public.sweep_stages VALUES (1, '75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73');
INSERT INTO public.sweep_stages VALUES (1, '85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016');
INSERT INTO public.sweep_stages VALUES (1, '861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2');
INSERT INTO public.sweep_stages VALUES (1, 'acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8');
INSERT INTO public.sweep_stages VALUES (1, 'b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548');
INSERT INTO public.sweep_stages VALUES (1, 'b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306');
INSERT INTO public.sweep_stages VALUES (1, 'b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288');
INSERT INTO public.sweep_stages VALUES (1, 'd31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1');
INSERT INTO public.sweep_stages VALUES (1, 'e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5');
INSERT INTO public.sweep_stages VALUES (1, 'eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477');
INSERT INTO public.sweep_stages VALUES (1, 'ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc');
INSERT INTO public.sweep_stages VALUES (1, 'fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd');
INSERT INTO public.sweep_stages VALUES (2, '1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf');
INSERT INTO public.sweep_stages VALUES (2, '299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2');
INSERT INTO public.sweep_stages VALUES (2, '2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d');
INSERT INTO public.sweep_stages VALUES (2, '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.sweep_stages VALUES (2, '5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798');
INSERT INTO public.sweep_stages VALUES (2, 'ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab');
INSERT INTO public.sweeps VALUES (1, 'study', '{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512"}', '0.1.0', 1795889334.840484, false);
INSERT INTO public.sweeps VALUES (2, 'naps', '{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512"}', '0.1.0', 1795889335.165594, false);
INSERT INTO public.workers VALUES ('old-host:1', 'old-host', 1, '["cpu"]', '0.1.0', 1795889334.82612, 1795889334.826191, false);
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
