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
    id character varying(32) NOT NULL,
    removed_attempt integer DEFAULT 0 NOT NULL
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
    ran json,
    rank bigint DEFAULT '0'::bigint NOT NULL,
    doing json
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
    cancelled boolean NOT NULL,
    throughput boolean DEFAULT false NOT NULL
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
    notes json,
    usage json
);
ALTER TABLE ONLY public.cells ALTER COLUMN id SET DEFAULT nextval('public.cells_id_seq'::regclass);
ALTER TABLE ONLY public.sweeps ALTER COLUMN id SET DEFAULT nextval('public.sweeps_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0012');
INSERT INTO public.attempts VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', 1, 'old-host:1', 'cpu', 1795952568.58505, 1795952568.609757, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209', 1, 'old-host:1', 'cpu', 1795952568.626078, 1795952568.701392, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f', 1, 'old-host:1', 'cpu', 1795952568.706549, 1795952568.716701, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23', 1, 'old-host:1', 'cpu', 1795952568.820039, 1795952568.82894, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148', 1, 'old-host:1', 'cpu', 1795952568.832233, 1795952568.868167, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715', 1, 'old-host:1', 'cpu', 1795952568.883358, 1795952568.909009, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62', 1, 'old-host:1', 'cpu', 1795952568.917973, 1795952568.92876, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d', 1, 'old-host:1', 'cpu', 1795952568.932071, 1795952568.943181, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928', 1, 'old-host:1', 'cpu', 1795952568.94798, NULL, NULL, NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 1, 'old-host:1', 'cpu', 1795952569.01444, 1795952569.038015, 'FAILED', 'it cannot succeed', 'a log
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 1, 'old-host:1', 'cpu', 1795952569.047261, 1795952569.057854, 'CRASHED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 2, 'old-host:1', 'cpu', 1795952569.06179, 1795952569.069487, 'QUARANTINED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 1, 'old-host:1', 'cpu', 1795952569.072455, NULL, NULL, NULL, NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 1, 'old-host:1', 'cpu', 1795952569.075312, 1795952569.080216, 'CRASHED', 'killed', NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 2, 'old-host:1', 'cpu', 1795952569.083437, NULL, NULL, NULL, NULL);
INSERT INTO public.cells VALUES (1, 1, 1, 'oneshot', 0.5, 1, 1, 0, 'digits', 'resnet18', 16, 'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '["76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f"]', '9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23', '3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209', 'c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148');
INSERT INTO public.cells VALUES (2, 1, 2, 'oneshot', 0.9, 1, 1, 0, 'digits', 'resnet18', 16, 'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '["90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715"]', 'b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62', '3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209', 'b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d');
INSERT INTO public.cells VALUES (3, 1, 3, 'iterative', 0.5, 1, 2, 0, 'digits', 'resnet18', 16, 'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '["8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784", "61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805"]', '62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3', '3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209', '17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817');
INSERT INTO public.cells VALUES (4, 1, 4, 'iterative', 0.9, 1, 2, 0, 'digits', 'resnet18', 16, 'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '["718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928", "ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60"]', '7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884', '3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209', '1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538');
INSERT INTO public.edges VALUES ('61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805', '17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817');
INSERT INTO public.edges VALUES ('61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805', '62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3');
INSERT INTO public.edges VALUES ('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928', '7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884');
INSERT INTO public.edges VALUES ('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928', 'ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60');
INSERT INTO public.edges VALUES ('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f', '9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23');
INSERT INTO public.edges VALUES ('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f', 'c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148');
INSERT INTO public.edges VALUES ('8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784', '61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805');
INSERT INTO public.edges VALUES ('8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784', '62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3');
INSERT INTO public.edges VALUES ('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715', 'b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62');
INSERT INTO public.edges VALUES ('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715', 'b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', '9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', 'b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', 'b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d');
INSERT INTO public.edges VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', 'c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148');
INSERT INTO public.edges VALUES ('ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60', '1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538');
INSERT INTO public.edges VALUES ('ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60', '7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884');
INSERT INTO public.edges VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.identity VALUES ('0c0f5b900b344dd6963fbd1eb04c8114', 0);
INSERT INTO public.latencies VALUES ('c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795952568.863293, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]', 'own', 0.00048828125, -0.1, 1.5, 1.5, 1.4, 1.6, 0.00048828125);
INSERT INTO public.latencies VALUES ('b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795952568.939181, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]', 'own', 0.00048828125, -0.1, 1.5, 1.5, 1.4, 1.6, 0.00048828125);
INSERT INTO public.metrics VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795952568.596484);
INSERT INTO public.metrics VALUES ('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795952568.709309);
INSERT INTO public.metrics VALUES ('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795952568.888135);
INSERT INTO public.metrics VALUES ('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795952568.952203);
INSERT INTO public.results VALUES ('3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209', 0.95, NULL, 0.3, 360, 699056, 699056, 8000000, 8000000, '[]', 'cpu', 1795952568.635653, NULL, 0, NULL, 69906, 699056, 71916, 701066, 0.1);
INSERT INTO public.results VALUES ('9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795952568.827655, NULL, 0, NULL, 69906, 699056, 71916, 701066, 0.1);
INSERT INTO public.results VALUES ('b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795952568.927205, NULL, 0, NULL, 69906, 699056, 71916, 701066, 0.1);
INSERT INTO public.snapshots VALUES ('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928', 1, '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a', 99, 1, 3, 1795952568.979085);
INSERT INTO public.stages VALUES ('17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","device":"cpu","engines":["onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795952568.492037, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 11, NULL);
INSERT INTO public.stages VALUES ('1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","device":"cpu","engines":["onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795952568.492037, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 15, NULL);
INSERT INTO public.stages VALUES ('61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":11,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795952568.492037, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 30000009, NULL);
INSERT INTO public.stages VALUES ('62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3', 'evaluate', '{"before":"8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795952568.492037, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 10, NULL);
INSERT INTO public.stages VALUES ('7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884', 'evaluate', '{"before":"718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795952568.492037, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 14, NULL);
INSERT INTO public.stages VALUES ('9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23', 'evaluate', '{"before":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795952568.492037, 1795952568.820039, 1795952568.827655, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}', 3, NULL);
INSERT INTO public.stages VALUES ('b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62', 'evaluate', '{"before":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795952568.492037, 1795952568.917973, 1795952568.927205, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}', 6, NULL);
INSERT INTO public.stages VALUES ('ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":11,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795952568.492037, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 30000013, NULL);
INSERT INTO public.stages VALUES ('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a', 'train', '{"after":0,"before":0,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":10,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"parent":"","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}', '', 'digits/resnet18/16/64', 10, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795952568.492037, 1795952568.58505, 1795952568.604977, 12.5, 'a20b659dc26f42e827776a4190877c6f5dae716172ef08ddbabac6a53ea4fabc', 2863311, '{"nonzero": 69906, "top1_val": 0.75}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}', 90000000, NULL);
INSERT INTO public.stages VALUES ('3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209', 'evaluate', '{"before":"","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795952568.492037, 1795952568.626078, 1795952568.635653, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}', 1, NULL);
INSERT INTO public.stages VALUES ('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795952568.492037, 1795952568.706549, 1795952568.715097, 12.5, 'f56c70751332af45d80c670c9545f0b47dc8fe5e42b556ad798c060ad6814c67', 2863311, '{"nonzero": 69906, "top1_val": 0.75}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}', 60000002, NULL);
INSERT INTO public.stages VALUES ('c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","device":"cpu","engines":["onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795952568.492037, 1795952568.832233, 1795952568.863293, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, NULL, 4, NULL);
INSERT INTO public.stages VALUES ('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795952568.492037, 1795952568.883358, 1795952568.907838, 12.5, '517cef1f7ea1f59937bcdd6ee5a5e2f3c20292cc4deefecd1a110d52754f4d09', 2863311, '{"nonzero": 69906, "top1_val": 0.75}', 0, 0, NULL, NULL, '{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}', 60000005, NULL);
INSERT INTO public.stages VALUES ('8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}', '', 'digits/resnet18/16/64', 1, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795952568.492037, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 60000008, NULL);
INSERT INTO public.stages VALUES ('b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","device":"cpu","engines":["onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795952568.492037, 1795952568.932071, 1795952568.939181, 0, NULL, NULL, '{}', 0, 0, NULL, NULL, NULL, 7, NULL);
INSERT INTO public.stages VALUES ('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928', 'prune', '{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}', '', 'digits/resnet18/16/64', 1, 'RUNNING', 1, 0, 0, 0, NULL, 1795952569.947978, 'old-host:1', 'cpu', false, NULL, 1795952568.492037, 1795952568.94798, NULL, NULL, NULL, NULL, NULL, 0, 4294967299, 1, NULL, NULL, 60000012, NULL);
INSERT INTO public.stages VALUES ('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}', '', '', 0, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795952568.993663, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 90000003, NULL);
INSERT INTO public.stages VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}', '', '', 0, 'FAILED', 1, 0, 0, 1795952569.029506, NULL, NULL, 'old-host:1', 'cpu', false, 'it cannot succeed', 1795952568.993663, 1795952569.01444, 1795952569.029521, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 90000000, NULL);
INSERT INTO public.stages VALUES ('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537', 'sleep', '{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}', '', '', 0, 'CANCELLED', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, 'upstream ce288ba84987 failed', 1795952568.993663, NULL, 1795952569.035621, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 60000005, NULL);
INSERT INTO public.stages VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}', '', '', 0, 'QUARANTINED', 2, 2, 0, 1795952569.064656, NULL, NULL, 'old-host:1', 'cpu', false, 'killed by SIGSEGV', 1795952568.993663, 1795952569.06179, 1795952569.064676, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 90000001, NULL);
INSERT INTO public.stages VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}', '', '', 0, 'RUNNING', 1, 0, 0, 0, NULL, 1795952570.072453, 'old-host:1', 'cpu', false, NULL, 1795952568.993663, 1795952569.072455, NULL, NULL, NULL, NULL, NULL, 0, 0, 1, NULL, NULL, 90000002, NULL);
INSERT INTO public.stages VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}', '', '', 0, 'RUNNING', 2, 1, 0, 1795952569.079741, NULL, 1795952569.083436, 'old-host:1', 'cpu', false, NULL, 1795952568.993663, 1795952569.083437, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, NULL, 90000004, NULL);
INSERT INTO public.sweep_stages VALUES (1, '17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817');
INSERT INTO public.sweep_stages VALUES (1, '1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538');
INSERT INTO public.sweep_stages VALUES (1, '3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209');
INSERT INTO public.sweep_stages VALUES (1, '61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805');
INSERT INTO public.sweep_stages VALUES (1, '62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3');
INSERT INTO public.sweep_stages VALUES (1, '718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928');
INSERT INTO public.sweep_stages VALUES (1, '76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f');
INSERT INTO public.sweep_stages VALUES (1, '7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884');
INSERT INTO public.sweep_stages VALUES (1, '8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784');
INSERT INTO public.sweep_stages VALUES (1, '90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715');
INSERT INTO public.sweep_stages VALUES (1, '9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23');
INSERT INTO public.sweep_stages VALUES (1, 'b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62');
INSERT INTO public.sweep_stages VALUES (1, 'b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d');
INSERT INTO public.sweep_stages VALUES (1, 'c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148');
INSERT INTO public.sweep_stages VALUES (1, 'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a');
INSERT INTO public.sweep_stages VALUES (1, 'ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60');
INSERT INTO public.sweep_stages VALUES (2, '1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf');
INSERT INTO public.sweep_stages VALUES (2, '299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2');
INSERT INTO public.sweep_stages VALUES (2, '2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d');
INSERT INTO public.sweep_stages VALUES (2, '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.sweep_stages VALUES (2, '5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798');
INSERT INTO public.sweep_stages VALUES (2, 'ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab');
INSERT INTO public.sweeps VALUES (1, 'study', '{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": [], "looked": [], "weights": "", "mean": "", "std": "", "image_size": 0, "resize": "crop", "test_share": "", "head": "keep"}', '0.1.0', 1795952568.487034, false, false);
INSERT INTO public.sweeps VALUES (2, 'naps', '{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": [], "looked": [], "weights": "", "mean": "", "std": "", "image_size": 0, "resize": "crop", "test_share": "", "head": "keep"}', '0.1.0', 1795952568.991087, false, false);
INSERT INTO public.workers VALUES ('old-host:1', 'old-host', 1, '["cpu"]', '0.1.0', 1795952568.469423, 1795952568.469514, false, 'null', 'null');
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
