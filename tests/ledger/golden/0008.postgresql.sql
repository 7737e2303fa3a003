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
    lease_seconds double precision,
    progress_at double precision
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
INSERT INTO public.alembic_version VALUES ('0008');
INSERT INTO public.attempts VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', 1, 'old-host:1', 'cpu', 1795893305.966823, 1795893306.037832, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d', 1, 'old-host:1', 'cpu', 1795893306.068329, 1795893306.109791, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518', 1, 'old-host:1', 'cpu', 1795893306.116296, 1795893306.139963, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1', 1, 'old-host:1', 'cpu', 1795893306.171773, 1795893306.189269, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926', 1, 'old-host:1', 'cpu', 1795893306.197878, 1795893306.238756, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59', 1, 'old-host:1', 'cpu', 1795893306.247535, 1795893306.277702, 'DONE', NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256', 1, 'old-host:1', 'cpu', 1795893306.299389, 1795893306.323794, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d', 1, 'old-host:1', 'cpu', 1795893306.326947, 1795893306.362835, 'DONE', NULL, NULL);
INSERT INTO public.attempts VALUES ('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067', 1, 'old-host:1', 'cpu', 1795893306.370292, NULL, NULL, NULL, 'epoch 1
');
INSERT INTO public.attempts VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 1, 'old-host:1', 'cpu', 1795893306.524085, 1795893306.590295, 'FAILED', 'it cannot succeed', 'a log
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 1, 'old-host:1', 'cpu', 1795893306.596195, 1795893306.619858, 'CRASHED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 2, 'old-host:1', 'cpu', 1795893306.630579, 1795893306.649618, 'QUARANTINED', 'killed by SIGSEGV', 'a log with ünicode
');
INSERT INTO public.attempts VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 1, 'old-host:1', 'cpu', 1795893306.658256, NULL, NULL, NULL, NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 1, 'old-host:1', 'cpu', 1795893306.660189, 1795893306.671817, 'CRASHED', 'killed', NULL);
INSERT INTO public.attempts VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 2, 'old-host:1', 'cpu', 1795893306.685804, NULL, NULL, NULL, NULL);
INSERT INTO public.cells VALUES (1, 1, 1, 'oneshot', 0.5, 1, 1, 0, 'digits', 'resnet18', 16, '2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '["07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518"]', '2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1', '8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d', '1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926');
INSERT INTO public.cells VALUES (2, 1, 2, 'oneshot', 0.9, 1, 1, 0, 'digits', 'resnet18', 16, '2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '["6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59"]', 'e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256', '8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d', '881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d');
INSERT INTO public.cells VALUES (3, 1, 3, 'iterative', 0.5, 1, 2, 0, 'digits', 'resnet18', 16, '2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '["a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605", "75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428"]', '559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1', '8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d', '3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3');
INSERT INTO public.cells VALUES (4, 1, 4, 'iterative', 0.9, 1, 2, 0, 'digits', 'resnet18', 16, '2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '["976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067", "8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a"]', '2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e', '8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d', '5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153');
INSERT INTO public.edges VALUES ('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518', '1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926');
INSERT INTO public.edges VALUES ('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518', '2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', '976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', 'a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605');
INSERT INTO public.edges VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', 'e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256');
INSERT INTO public.edges VALUES ('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59', '881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d');
INSERT INTO public.edges VALUES ('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59', 'e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256');
INSERT INTO public.edges VALUES ('75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428', '3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3');
INSERT INTO public.edges VALUES ('75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428', '559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1');
INSERT INTO public.edges VALUES ('8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a', '2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e');
INSERT INTO public.edges VALUES ('8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a', '5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153');
INSERT INTO public.edges VALUES ('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067', '2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e');
INSERT INTO public.edges VALUES ('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067', '8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a');
INSERT INTO public.edges VALUES ('a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605', '559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1');
INSERT INTO public.edges VALUES ('a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605', '75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428');
INSERT INTO public.edges VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.identity VALUES ('d211a41f8e7445c8b426223c67a3f2a3');
INSERT INTO public.latencies VALUES ('1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795893306.215377, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]', 'own', 0.00048828125, -0.1, 1.5, 1.5, 1.4, 1.6, 0.00048828125);
INSERT INTO public.latencies VALUES ('881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d', 1.25, 1, 1.25, 1.2, 1.3, 20, 'torch', 1, 1, 'a processor', 'a host', 1795893306.343206, 'fp32', '1', 'onnxruntime', '1', 1, 0.99, 1.01, 0.5, 0.99, '[]', 'own', 0.00048828125, -0.1, 1.5, 1.5, 1.4, 1.6, 0.00048828125);
INSERT INTO public.metrics VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795893305.995694);
INSERT INTO public.metrics VALUES ('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795893306.1303);
INSERT INTO public.metrics VALUES ('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795893306.257149);
INSERT INTO public.metrics VALUES ('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067', 1, 1, 0.5, 0.75, 0.1, 2, 700, 1795893306.390272);
INSERT INTO public.results VALUES ('8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d', 0.95, NULL, 0.3, 360, 699056, 699056, 8000000, 8000000, '[]', 'cpu', 1795893306.094047, NULL, 0, NULL, 69906, 699056, 71916, 701066);
INSERT INTO public.results VALUES ('2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795893306.187146, NULL, 0, NULL, 69906, 699056, 71916, 701066);
INSERT INTO public.results VALUES ('e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256', 0.9, 0.5, 0.3, 360, 69906, 699056, 1000000, 8000000, '[]', 'cpu', 1795893306.314101, NULL, 0, NULL, 69906, 699056, 71916, 701066);
INSERT INTO public.snapshots VALUES ('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067', 1, '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a', 99, 1, 3, 1795893306.473757);
INSERT INTO public.stages VALUES ('2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e', 'evaluate', '{"before":"976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893305.803706, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893305.803706, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1', 'evaluate', '{"before":"a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428"}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893305.803706, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a","threads":1}', '', '', 0, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893305.803706, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428', 'prune', '{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893305.803706, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a', 'prune', '{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'PENDING', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893305.803706, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d', 'evaluate', '{"before":"","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893305.803706, 1795893306.068329, 1795893306.094047, 0, NULL, NULL, '{}', 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1', 'evaluate', '{"before":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893305.803706, 1795893306.171773, 1795893306.187146, 0, NULL, NULL, '{}', 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893305.803706, 1795893306.197878, 1795893306.215377, 0, NULL, NULL, '{}', 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d', 'benchmark', '{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59","threads":1}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893305.803706, 1795893306.326947, 1795893306.343206, 0, NULL, NULL, '{}', 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384', 'train', '{"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":10,"horizon":0,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}', '', 'digits/resnet18/16/64', 10, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893305.803706, 1795893305.966823, 1795893306.030117, 12.5, '483d7c0aab79383b60f476ef8fb9fcdd0d9200244e6658b9ffcbde5dcb48dad2', 2863311, '{"nonzero": 69906}', 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605', 'prune', '{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}', '', 'digits/resnet18/16/64', 1, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893305.803706, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518', 'prune', '{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893305.803706, 1795893306.116296, 1795893306.13559, 12.5, '81506a783e8efc764a443a066e8dea91a0fa1643856385ac1774c6dd51d09970', 2863311, '{"nonzero": 69906}', 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256', 'evaluate', '{"before":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59"}', '', '', 0, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893305.803706, 1795893306.299389, 1795893306.314101, 0, NULL, NULL, '{}', 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067', 'prune', '{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}', '', 'digits/resnet18/16/64', 1, 'RUNNING', 1, 0, 0, 0, NULL, 1795893307.37029, 'old-host:1', 'cpu', false, NULL, 1795893305.803706, 1795893306.370292, NULL, NULL, NULL, NULL, NULL, 0, 4294967299, 1, NULL);
INSERT INTO public.stages VALUES ('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59', 'prune', '{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}', '', 'digits/resnet18/16/64', 1, 'DONE', 1, 0, 0, 0, NULL, NULL, 'old-host:1', 'cpu', false, NULL, 1795893305.803706, 1795893306.247535, 1795893306.272465, 12.5, '95f7214999e423710cc24e5359c60dae33b06ef51dfe52afe30cc11d13dea6e6', 2863311, '{"nonzero": 69906}', 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}', '', '', 0, 'READY', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, NULL, 1795893306.490159, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}', '', '', 0, 'FAILED', 1, 0, 0, 1795893306.557554, NULL, NULL, 'old-host:1', 'cpu', false, 'it cannot succeed', 1795893306.490159, 1795893306.524085, 1795893306.557572, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537', 'sleep', '{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}', '', '', 0, 'CANCELLED', 0, 0, 0, 0, NULL, NULL, NULL, NULL, false, 'upstream ce288ba84987 failed', 1795893306.490159, NULL, 1795893306.582682, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}', '', '', 0, 'QUARANTINED', 2, 2, 0, 1795893306.63408, NULL, NULL, 'old-host:1', 'cpu', false, 'killed by SIGSEGV', 1795893306.490159, 1795893306.630579, 1795893306.634094, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL);
INSERT INTO public.stages VALUES ('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}', '', '', 0, 'RUNNING', 1, 0, 0, 0, NULL, 1795893307.658254, 'old-host:1', 'cpu', false, NULL, 1795893306.490159, 1795893306.658256, NULL, NULL, NULL, NULL, NULL, 0, 0, 1, NULL);
INSERT INTO public.stages VALUES ('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d', 'sleep', '{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}', '', '', 0, 'RUNNING', 2, 1, 0, 1795893306.669429, NULL, 1795893306.685802, 'old-host:1', 'cpu', false, NULL, 1795893306.490159, 1795893306.685804, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, NULL);
INSERT INTO public.sweep_stages VALUES (1, '07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518');
INSERT INTO public.sweep_stages VALUES (1, '1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926');
INSERT INTO public.sweep_stages VALUES (1, '2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e');
INSERT INTO public.sweep_stages VALUES (1, '2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384');
INSERT INTO public.sweep_stages VALUES (1, '2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1');
INSERT INTO public.sweep_stages VALUES (1, '3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3');
INSERT INTO public.sweep_stages VALUES (1, '559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1');
INSERT INTO public.sweep_stages VALUES (1, '5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153');
INSERT INTO public.sweep_stages VALUES (1, '6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59');
INSERT INTO public.sweep_stages VALUES (1, '75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428');
INSERT INTO public.sweep_stages VALUES (1, '881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d');
INSERT INTO public.sweep_stages VALUES (1, '8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d');
INSERT INTO public.sweep_stages VALUES (1, '8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a');
INSERT INTO public.sweep_stages VALUES (1, '976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067');
INSERT INTO public.sweep_stages VALUES (1, 'a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605');
INSERT INTO public.sweep_stages VALUES (1, 'e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256');
INSERT INTO public.sweep_stages VALUES (2, '1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf');
INSERT INTO public.sweep_stages VALUES (2, '299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2');
INSERT INTO public.sweep_stages VALUES (2, '2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d');
INSERT INTO public.sweep_stages VALUES (2, '4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO public.sweep_stages VALUES (2, '5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798');
INSERT INTO public.sweep_stages VALUES (2, 'ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab');
INSERT INTO public.sweeps VALUES (1, 'study', '{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": []}', '0.1.0', 1795893305.781824, false);
INSERT INTO public.sweeps VALUES (2, 'naps', '{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": []}', '0.1.0', 1795893306.488763, false);
INSERT INTO public.workers VALUES ('old-host:1', 'old-host', 1, '["cpu"]', '0.1.0', 1795893305.738839, 1795893305.738978, false, 'null');
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
