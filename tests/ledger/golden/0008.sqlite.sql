BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0008');
CREATE TABLE attempts (
	digest VARCHAR(64) NOT NULL, 
	attempt INTEGER NOT NULL, 
	worker VARCHAR(128) NOT NULL, 
	slot VARCHAR(32) NOT NULL, 
	started_at DOUBLE NOT NULL, 
	ended_at DOUBLE, 
	outcome VARCHAR(16), 
	reason TEXT, 
	log TEXT, 
	CONSTRAINT pk_attempts PRIMARY KEY (digest, attempt), 
	CONSTRAINT fk_attempts_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "attempts" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384',1,'old-host:1','cpu',1.79589329883699417114e+09,1.79589329890800571444e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d',1,'old-host:1','cpu',1.79589329891198873521e+09,1.79589329892900729178e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518',1,'old-host:1','cpu',1.79589329893801951405e+09,1.79589329893898510927e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1',1,'old-host:1','cpu',1.79589329893999099727e+09,1.79589329895399212834e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926',1,'old-host:1','cpu',1.79589329895600366589e+09,1.79589329898098850248e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59',1,'old-host:1','cpu',1.79589329898199439043e+09,1.79589329898400592807e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256',1,'old-host:1','cpu',1.79589329899301815033e+09,1.79589329899498963355e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d',1,'old-host:1','cpu',1.79589329899498963355e+09,1.7958932989970014095e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067',1,'old-host:1','cpu',1.79589329901800298693e+09,NULL,NULL,NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab',1,'old-host:1','cpu',1.7958932990919919014e+09,1.79589329915499687191e+09,'FAILED','it cannot succeed','a log
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',1,'old-host:1','cpu',1.79589329915600275991e+09,1.79589329916501498217e+09,'CRASHED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',2,'old-host:1','cpu',1.79589329917201542853e+09,1.79589329917901611329e+09,'QUARANTINED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798',1,'old-host:1','cpu',1.79589329917998170851e+09,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',1,'old-host:1','cpu',1.79589329917998170851e+09,1.79589329919398283958e+09,'CRASHED','killed',NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',2,'old-host:1','cpu',1.79589329919498872758e+09,NULL,NULL,NULL,NULL);
CREATE TABLE cells (
	id INTEGER NOT NULL, 
	sweep_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	algorithm VARCHAR(64) NOT NULL, 
	sparsity DOUBLE NOT NULL, 
	epochs INTEGER NOT NULL, 
	iterations INTEGER NOT NULL, 
	seed INTEGER NOT NULL, 
	dataset TEXT NOT NULL, 
	model VARCHAR(64) NOT NULL, 
	width INTEGER NOT NULL, 
	train VARCHAR(64) NOT NULL, 
	rounds JSON NOT NULL, 
	evaluate VARCHAR(64) NOT NULL, 
	dense_evaluate VARCHAR(64) NOT NULL, 
	benchmark VARCHAR(64), 
	CONSTRAINT pk_cells PRIMARY KEY (id), 
	CONSTRAINT fk_cells_benchmark FOREIGN KEY(benchmark) REFERENCES stages (digest), 
	CONSTRAINT fk_cells_dense_evaluate FOREIGN KEY(dense_evaluate) REFERENCES stages (digest), 
	CONSTRAINT fk_cells_evaluate FOREIGN KEY(evaluate) REFERENCES stages (digest), 
	CONSTRAINT fk_cells_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id), 
	CONSTRAINT fk_cells_train FOREIGN KEY(train) REFERENCES stages (digest), 
	CONSTRAINT uq_cells_sweep_id_position UNIQUE (sweep_id, position)
);
INSERT INTO "cells" VALUES(1,1,1,'oneshot',0.5,1,1,0,'digits','resnet18',16,'2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','["07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518"]','2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1','8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d','1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926');
INSERT INTO "cells" VALUES(2,1,2,'oneshot',0.9,1,1,0,'digits','resnet18',16,'2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','["6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59"]','e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256','8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d','881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d');
INSERT INTO "cells" VALUES(3,1,3,'iterative',0.5,1,2,0,'digits','resnet18',16,'2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','["a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605", "75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428"]','559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1','8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d','3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3');
INSERT INTO "cells" VALUES(4,1,4,'iterative',0.9,1,2,0,'digits','resnet18',16,'2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','["976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067", "8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a"]','2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e','8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d','5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153');
CREATE TABLE edges (
	parent VARCHAR(64) NOT NULL, 
	child VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_edges PRIMARY KEY (parent, child), 
	CONSTRAINT fk_edges_child FOREIGN KEY(child) REFERENCES stages (digest), 
	CONSTRAINT fk_edges_parent FOREIGN KEY(parent) REFERENCES stages (digest)
);
INSERT INTO "edges" VALUES('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518','1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926');
INSERT INTO "edges" VALUES('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518','2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605');
INSERT INTO "edges" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256');
INSERT INTO "edges" VALUES('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59','881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d');
INSERT INTO "edges" VALUES('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59','e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256');
INSERT INTO "edges" VALUES('75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428','3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3');
INSERT INTO "edges" VALUES('75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428','559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1');
INSERT INTO "edges" VALUES('8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a','2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e');
INSERT INTO "edges" VALUES('8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a','5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153');
INSERT INTO "edges" VALUES('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067','2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e');
INSERT INTO "edges" VALUES('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067','8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a');
INSERT INTO "edges" VALUES('a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605','559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1');
INSERT INTO "edges" VALUES('a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605','75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428');
INSERT INTO "edges" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
CREATE TABLE identity (
	id VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (id)
);
INSERT INTO "identity" VALUES('1b7544b898f1495f9d70563db680f338');
CREATE TABLE latencies (
	digest VARCHAR(64) NOT NULL, 
	dense_ms DOUBLE NOT NULL, 
	pruned_ms DOUBLE NOT NULL, 
	ratio DOUBLE NOT NULL, 
	ratio_low DOUBLE NOT NULL, 
	ratio_high DOUBLE NOT NULL, 
	rounds INTEGER NOT NULL, 
	engine VARCHAR(64) NOT NULL, 
	threads INTEGER NOT NULL, 
	batch INTEGER NOT NULL, 
	processor VARCHAR(128) NOT NULL, 
	host VARCHAR(128) NOT NULL, 
	at DOUBLE NOT NULL, dtype VARCHAR(16), engine_version VARCHAR(64), dense_engine VARCHAR(64), dense_version VARCHAR(64), null_ratio DOUBLE, null_low DOUBLE, null_high DOUBLE, load DOUBLE, busy DOUBLE, engines JSON, code VARCHAR(32), p DOUBLE, autocorrelation DOUBLE, zeros_ms DOUBLE, zeros_ratio DOUBLE, zeros_low DOUBLE, zeros_high DOUBLE, zeros_p DOUBLE, 
	CONSTRAINT pk_latencies PRIMARY KEY (digest), 
	CONSTRAINT fk_latencies_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "latencies" VALUES('1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79589329895600366589e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]','own',0.00048828125,-0.1,1.5,1.5,1.4,1.6,0.00048828125);
INSERT INTO "latencies" VALUES('881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79589329899599552155e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]','own',0.00048828125,-0.1,1.5,1.5,1.4,1.6,0.00048828125);
CREATE TABLE metrics (
	digest VARCHAR(64) NOT NULL, 
	epoch INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	loss DOUBLE NOT NULL, 
	top1 DOUBLE, 
	lr DOUBLE NOT NULL, 
	seconds DOUBLE NOT NULL, 
	images_per_s DOUBLE NOT NULL, 
	at DOUBLE NOT NULL, 
	CONSTRAINT pk_metrics PRIMARY KEY (digest, epoch), 
	CONSTRAINT fk_metrics_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "metrics" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384',1,1,0.5,0.75,0.1,2.0,700.0,1.7958932988759801388e+09);
INSERT INTO "metrics" VALUES('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518',1,1,0.5,0.75,0.1,2.0,700.0,1.79589329893801951405e+09);
INSERT INTO "metrics" VALUES('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59',1,1,0.5,0.75,0.1,2.0,700.0,1.79589329898300027851e+09);
INSERT INTO "metrics" VALUES('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067',1,1,0.5,0.75,0.1,2.0,700.0,1.79589329901900887492e+09);
CREATE TABLE results (
	digest VARCHAR(64) NOT NULL, 
	top1 DOUBLE NOT NULL, 
	top1_before DOUBLE, 
	loss DOUBLE NOT NULL, 
	images INTEGER NOT NULL, 
	nonzero BIGINT NOT NULL, 
	total BIGINT NOT NULL, 
	macs BIGINT NOT NULL, 
	macs_dense BIGINT NOT NULL, 
	layers JSON NOT NULL, 
	device VARCHAR(128) NOT NULL, 
	at DOUBLE NOT NULL, top1_bn DOUBLE, collapsed INTEGER, top5 DOUBLE, nonzero_counted BIGINT, total_counted BIGINT, params_nonzero BIGINT, params BIGINT, 
	CONSTRAINT pk_results PRIMARY KEY (digest), 
	CONSTRAINT fk_results_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "results" VALUES('8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d',0.95,NULL,0.3,360,699056,699056,8000000,8000000,'[]','cpu',1.79589329892498397829e+09,NULL,0,NULL,69906,699056,71916,701066);
INSERT INTO "results" VALUES('2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79589329894099688535e+09,NULL,0,NULL,69906,699056,71916,701066);
INSERT INTO "results" VALUES('e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79589329899398374556e+09,NULL,0,NULL,69906,699056,71916,701066);
CREATE TABLE snapshots (
	digest VARCHAR(64) NOT NULL, 
	attempt INTEGER NOT NULL, 
	artifact VARCHAR(64) NOT NULL, 
	artifact_bytes BIGINT NOT NULL, 
	epoch INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	at DOUBLE NOT NULL, 
	CONSTRAINT pk_snapshots PRIMARY KEY (digest), 
	CONSTRAINT fk_snapshots_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "snapshots" VALUES('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067',1,'5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',99,1,3,1.79589329906801271441e+09);
CREATE TABLE stages (
	digest VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	spec TEXT NOT NULL, 
	device VARCHAR(16) NOT NULL, 
	workload TEXT NOT NULL, 
	epochs INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempt INTEGER NOT NULL, 
	failures INTEGER NOT NULL, 
	losses INTEGER NOT NULL, 
	not_before DOUBLE NOT NULL, 
	hinted_at DOUBLE, 
	lease_until DOUBLE, 
	worker VARCHAR(128), 
	slot VARCHAR(32), 
	cancel BOOLEAN NOT NULL, 
	error TEXT, 
	created_at DOUBLE NOT NULL, 
	started_at DOUBLE, 
	ended_at DOUBLE, 
	train_seconds DOUBLE, 
	artifact VARCHAR(64), 
	artifact_bytes BIGINT, 
	summary JSON, returns INTEGER DEFAULT '0' NOT NULL, furthest BIGINT DEFAULT '0' NOT NULL, lease_seconds DOUBLE, progress_at DOUBLE, 
	CONSTRAINT pk_stages PRIMARY KEY (digest)
);
INSERT INTO "stages" VALUES('07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518','prune','{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.7958932987589821816e+09,1.79589329893801951405e+09,1.79589329893898510927e+09,12.5,'81506a783e8efc764a443a066e8dea91a0fa1643856385ac1774c6dd51d09970',2863311,'{"nonzero": 69906}',0,0,NULL,NULL);
INSERT INTO "stages" VALUES('1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.7958932987589821816e+09,1.79589329895600366589e+09,1.79589329895600366589e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL);
INSERT INTO "stages" VALUES('2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e','evaluate','{"before":"976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.7958932987589821816e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384','train','{"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":10,"horizon":0,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}','','digits/resnet18/16/64',10,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.7958932987589821816e+09,1.79589329883699417114e+09,1.79589329889899349205e+09,12.5,'483d7c0aab79383b60f476ef8fb9fcdd0d9200244e6658b9ffcbde5dcb48dad2',2863311,'{"nonzero": 69906}',0,0,NULL,NULL);
INSERT INTO "stages" VALUES('2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1','evaluate','{"before":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.7958932987589821816e+09,1.79589329893999099727e+09,1.79589329894099688535e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL);
INSERT INTO "stages" VALUES('3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.7958932987589821816e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1','evaluate','{"before":"a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.7958932987589821816e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.7958932987589821816e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59','prune','{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.7958932987589821816e+09,1.79589329898199439043e+09,1.79589329898300027851e+09,12.5,'95f7214999e423710cc24e5359c60dae33b06ef51dfe52afe30cc11d13dea6e6',2863311,'{"nonzero": 69906}',0,0,NULL,NULL);
INSERT INTO "stages" VALUES('75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428','prune','{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.7958932987589821816e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.7958932987589821816e+09,1.79589329899498963355e+09,1.79589329899599552155e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL);
INSERT INTO "stages" VALUES('8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d','evaluate','{"before":"","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.7958932987589821816e+09,1.79589329891198873521e+09,1.79589329892498397829e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL);
INSERT INTO "stages" VALUES('8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a','prune','{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.7958932987589821816e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067','prune','{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}','','digits/resnet18/16/64',1,'RUNNING',1,0,0,0.0,NULL,1.79589330001800298692e+09,'old-host:1','cpu',0,NULL,1.7958932987589821816e+09,1.79589329901800298693e+09,NULL,NULL,NULL,NULL,NULL,0,4294967299,1.0,NULL);
INSERT INTO "stages" VALUES('a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605','prune','{"allocation":"global","code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"horizon":0,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}','','digits/resnet18/16/64',1,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.7958932987589821816e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256','evaluate','{"before":"2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.7958932987589821816e+09,1.79589329899301815033e+09,1.79589329899398374556e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL);
INSERT INTO "stages" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf','sleep','{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}','','',0,'QUARANTINED',2,2,0,1.79589329917801022529e+09,NULL,NULL,'old-host:1','cpu',0,'killed by SIGSEGV',1.79589329907601928711e+09,1.79589329917201542853e+09,1.79589329917801022529e+09,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2','sleep','{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}','','',0,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79589329907601928711e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d','sleep','{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}','','',0,'RUNNING',2,1,0,1.79589329919398283958e+09,NULL,1.79589329919498872758e+09,'old-host:1','cpu',0,NULL,1.79589329907601928711e+09,1.79589329919498872758e+09,NULL,NULL,NULL,NULL,NULL,0,0,0.0,NULL);
INSERT INTO "stages" VALUES('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537','sleep','{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}','','',0,'CANCELLED',0,0,0,0.0,NULL,NULL,NULL,NULL,0,'upstream ce288ba84987 failed',1.79589329907601928711e+09,NULL,1.79589329915499687191e+09,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
INSERT INTO "stages" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798','sleep','{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}','','',0,'RUNNING',1,0,0,0.0,NULL,1.7958933001799817085e+09,'old-host:1','cpu',0,NULL,1.79589329907601928711e+09,1.79589329917998170851e+09,NULL,NULL,NULL,NULL,NULL,0,0,1.0,NULL);
INSERT INTO "stages" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','sleep','{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}','','',0,'FAILED',1,0,0,1.79589329913298940662e+09,NULL,NULL,'old-host:1','cpu',0,'it cannot succeed',1.79589329907601928711e+09,1.7958932990919919014e+09,1.79589329913298940662e+09,NULL,NULL,NULL,NULL,0,0,NULL,NULL);
CREATE TABLE sweep_stages (
	sweep_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_sweep_stages PRIMARY KEY (sweep_id, digest), 
	CONSTRAINT fk_sweep_stages_digest FOREIGN KEY(digest) REFERENCES stages (digest), 
	CONSTRAINT fk_sweep_stages_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id)
);
INSERT INTO "sweep_stages" VALUES(1,'07990d15dd6c4771ca5836583461af0a19aed8e660a344a467cfe8e387a60518');
INSERT INTO "sweep_stages" VALUES(1,'1ba8e579017b88aca220fd36ad65ac7351fb077120be4f37199237cb6fdcc926');
INSERT INTO "sweep_stages" VALUES(1,'2b353a7edf9ba45fcbf98ba014a733ff591b10361bb47482925dc1f866ea469e');
INSERT INTO "sweep_stages" VALUES(1,'2dad84bcd5edbcff9b8566e4420029d0ddcf9bf8fe674f06b38397baa0c7d384');
INSERT INTO "sweep_stages" VALUES(1,'2f968ecab46ad0755d0a54a1af048100ae1bd6fc7c033c5776ec4d5e7afb49d1');
INSERT INTO "sweep_stages" VALUES(1,'3e94372c13457a01559b328f19a3862fe85f74f3ff96dd5f6517bb1213136de3');
INSERT INTO "sweep_stages" VALUES(1,'559730c2bd9e29e150aeb1ecf6effef311cf486e2e601b100dc16dd1026f02d1');
INSERT INTO "sweep_stages" VALUES(1,'5e11fb363a40a1c848bbc168451ca97a85ab2f8815549e3b1f65b4befa468153');
INSERT INTO "sweep_stages" VALUES(1,'6e6aed31d11cc03efa25efd15fe60b33ead06c9535e42cc017324e9994127f59');
INSERT INTO "sweep_stages" VALUES(1,'75bbd539c89de1fe52a5384bb5c99ed5b971109cb23f0196e74be4d9df9bd428');
INSERT INTO "sweep_stages" VALUES(1,'881a4fb3b3c49b55866ffc32a5335e72f480f77e832514c4634ac02944b3c21d');
INSERT INTO "sweep_stages" VALUES(1,'8b78811e840b98560f703da50ccd7f2b3ff989de29d04ccf5fb9747507f5092d');
INSERT INTO "sweep_stages" VALUES(1,'8e74a3a342f5c7714e71ad3c0cbaafbfc08f4ea4d846e0ca54ceaaa5a06a053a');
INSERT INTO "sweep_stages" VALUES(1,'976c8beb9010433c55ea49ec9ddbcc1f01bed1fa917c4d8cab07c5072df38067');
INSERT INTO "sweep_stages" VALUES(1,'a4a77262ab4528c8d5bb794761818f373e1d00254cd2439ab939c21c537ca605');
INSERT INTO "sweep_stages" VALUES(1,'e9ccf0e881a46867c3e18ab8289b29929402c4a0502a6f02d0d60bda96937256');
INSERT INTO "sweep_stages" VALUES(2,'1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf');
INSERT INTO "sweep_stages" VALUES(2,'299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2');
INSERT INTO "sweep_stages" VALUES(2,'2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d');
INSERT INTO "sweep_stages" VALUES(2,'4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
INSERT INTO "sweep_stages" VALUES(2,'5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798');
INSERT INTO "sweep_stages" VALUES(2,'ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab');
CREATE TABLE sweeps (
	id INTEGER NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	grid JSON NOT NULL, 
	version VARCHAR(32) NOT NULL, 
	created_at DOUBLE NOT NULL, 
	cancelled BOOLEAN NOT NULL, 
	CONSTRAINT pk_sweeps PRIMARY KEY (id), 
	CONSTRAINT uq_sweeps_name UNIQUE (name)
);
INSERT INTO "sweeps" VALUES(1,'study','{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": []}','0.1.0',1.79589329874799847599e+09,0);
INSERT INTO "sweeps" VALUES(2,'naps','{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": []}','0.1.0',1.79589329907501339916e+09,0);
CREATE TABLE workers (
	id VARCHAR(128) NOT NULL, 
	host VARCHAR(128) NOT NULL, 
	pid INTEGER NOT NULL, 
	slots JSON NOT NULL, 
	version VARCHAR(32) NOT NULL, 
	started_at DOUBLE NOT NULL, 
	seen_at DOUBLE NOT NULL, 
	stopped BOOLEAN NOT NULL, notes JSON, 
	CONSTRAINT pk_workers PRIMARY KEY (id)
);
INSERT INTO "workers" VALUES('old-host:1','old-host',1,'["cpu"]','0.1.0',1.79589329871198987963e+09,1.79589329871198987963e+09,0,'null');
CREATE INDEX ix_stages_artifact ON stages (artifact);
CREATE INDEX ix_stages_ended_at ON stages (ended_at);
CREATE INDEX ix_stages_state_lease_until ON stages (state, lease_until);
CREATE INDEX ix_stages_state_not_before ON stages (state, not_before);
CREATE INDEX ix_stages_workload_ended_at ON stages (workload, ended_at);
CREATE INDEX ix_cells_evaluate ON cells (evaluate);
CREATE INDEX ix_edges_child ON edges (child);
CREATE INDEX ix_sweep_stages_digest ON sweep_stages (digest);
CREATE INDEX ix_snapshots_artifact ON snapshots (artifact);
COMMIT;
