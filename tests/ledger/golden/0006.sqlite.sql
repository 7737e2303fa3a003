BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
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
INSERT INTO "attempts" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711',1,'old-host:1','cpu',1.79588933078798794742e+09,1.79588933083401465417e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc',1,'old-host:1','cpu',1.79588933084198093415e+09,1.79588933086101102832e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1',1,'old-host:1','cpu',1.79588933086201691627e+09,1.79588933086600017552e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5',1,'old-host:1','cpu',1.79588933086700582508e+09,1.79588933086801171307e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306',1,'old-host:1','cpu',1.79588933086801171307e+09,1.79588933088000106807e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477',1,'old-host:1','cpu',1.79588933088499021531e+09,1.79588933088700175282e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48',1,'old-host:1','cpu',1.79588933088800764082e+09,1.79588933090498590466e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654',1,'old-host:1','cpu',1.7958893309100151062e+09,1.79588933091098070142e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016',1,'old-host:1','cpu',1.79588933091198658942e+09,NULL,NULL,NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab',1,'old-host:1','cpu',1.79588933095600152009e+09,1.79588933099599337575e+09,'FAILED','it cannot succeed','a log
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',1,'old-host:1','cpu',1.79588933100098228456e+09,1.79588933100299382207e+09,'CRASHED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',2,'old-host:1','cpu',1.79588933101301193237e+09,1.79588933102600717545e+09,'QUARANTINED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798',1,'old-host:1','cpu',1.79588933102600717545e+09,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',1,'old-host:1','cpu',1.79588933102701306344e+09,1.79588933102801895144e+09,'CRASHED','killed',NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',2,'old-host:1','cpu',1.7958893310330078602e+09,NULL,NULL,NULL,NULL);
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
INSERT INTO "cells" VALUES(1,1,1,'oneshot',0.5,1,1,0,'digits','resnet18',16,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','["d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1"]','e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5','ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc','b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306');
INSERT INTO "cells" VALUES(2,1,2,'oneshot',0.9,1,1,0,'digits','resnet18',16,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','["eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477"]','22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48','ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc','397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654');
INSERT INTO "cells" VALUES(3,1,3,'iterative',0.5,1,2,0,'digits','resnet18',16,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','["b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548", "fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd"]','45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e','ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc','acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8');
INSERT INTO "cells" VALUES(4,1,4,'iterative',0.9,1,2,0,'digits','resnet18',16,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','["85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016", "75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73"]','b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288','ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc','861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2');
CREATE TABLE edges (
	parent VARCHAR(64) NOT NULL, 
	child VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_edges PRIMARY KEY (parent, child), 
	CONSTRAINT fk_edges_child FOREIGN KEY(child) REFERENCES stages (digest), 
	CONSTRAINT fk_edges_parent FOREIGN KEY(parent) REFERENCES stages (digest)
);
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc');
INSERT INTO "edges" VALUES('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73','861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2');
INSERT INTO "edges" VALUES('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73','b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288');
INSERT INTO "edges" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016','75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73');
INSERT INTO "edges" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016','b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288');
INSERT INTO "edges" VALUES('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548','45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e');
INSERT INTO "edges" VALUES('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548','fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd');
INSERT INTO "edges" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1','b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306');
INSERT INTO "edges" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1','e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5');
INSERT INTO "edges" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477','22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48');
INSERT INTO "edges" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477','397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654');
INSERT INTO "edges" VALUES('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd','45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e');
INSERT INTO "edges" VALUES('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd','acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8');
INSERT INTO "edges" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
CREATE TABLE identity (
	id VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (id)
);
INSERT INTO "identity" VALUES('cd6bb7e5527846d6837458cf0707d10d');
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
	at DOUBLE NOT NULL, dtype VARCHAR(16), engine_version VARCHAR(64), dense_engine VARCHAR(64), dense_version VARCHAR(64), null_ratio DOUBLE, null_low DOUBLE, null_high DOUBLE, load DOUBLE, busy DOUBLE, engines JSON, 
	CONSTRAINT pk_latencies PRIMARY KEY (digest), 
	CONSTRAINT fk_latencies_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "latencies" VALUES('b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79588933087698364261e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]');
INSERT INTO "latencies" VALUES('397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79588933091098070142e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]');
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
INSERT INTO "metrics" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711',1,1,0.5,0.75,0.1,2.0,700.0,1.79588933081200718879e+09);
INSERT INTO "metrics" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1',1,1,0.5,0.75,0.1,2.0,700.0,1.79588933086499428744e+09);
INSERT INTO "metrics" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477',1,1,0.5,0.75,0.1,2.0,700.0,1.79588933088599586487e+09);
INSERT INTO "metrics" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016',1,1,0.5,0.75,0.1,2.0,700.0,1.79588933091198658942e+09);
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
INSERT INTO "results" VALUES('ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc',0.95,NULL,0.3,360,699056,699056,8000000,8000000,'[]','cpu',1.79588933085401058196e+09,NULL,0,NULL,69906,699056,71916,701066);
INSERT INTO "results" VALUES('e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79588933086700582508e+09,NULL,0,NULL,69906,699056,71916,701066);
INSERT INTO "results" VALUES('22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79588933090398025511e+09,NULL,0,NULL,69906,699056,71916,701066);
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
INSERT INTO "snapshots" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016',1,'5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',99,1,3,1.79588933094501781466e+09);
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
	summary JSON, returns INTEGER DEFAULT '0' NOT NULL, furthest BIGINT DEFAULT '0' NOT NULL, lease_seconds DOUBLE, 
	CONSTRAINT pk_stages PRIMARY KEY (digest)
);
INSERT INTO "stages" VALUES('22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48','evaluate','{"before":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79588933071999406814e+09,1.79588933088800764082e+09,1.79588933090398025511e+09,0.0,NULL,NULL,'{}',0,0,NULL);
INSERT INTO "stages" VALUES('397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654','benchmark','{"batch":1,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79588933071999406814e+09,1.7958893309100151062e+09,1.79588933091098070142e+09,0.0,NULL,NULL,'{}',0,0,NULL);
INSERT INTO "stages" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','train','{"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":10,"horizon":0,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}','','digits/resnet18/16/64',10,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79588933071999406814e+09,1.79588933078798794742e+09,1795889330.82802,12.5,'117d7989d1038f3592f9e4f262e12143e967fea64f249beabd1037818712dc54',2863311,'{"nonzero": 69906}',0,0,NULL);
INSERT INTO "stages" VALUES('45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e','evaluate','{"before":"b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79588933071999406814e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79588933071999406814e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}','','digits/resnet18/16/64',1,'RUNNING',1,0,0,0.0,NULL,1.79588933191198658941e+09,'old-host:1','cpu',0,NULL,1.79588933071999406814e+09,1.79588933091198658942e+09,NULL,NULL,NULL,NULL,NULL,0,4294967299,NULL);
INSERT INTO "stages" VALUES('861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2','benchmark','{"batch":1,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79588933071999406814e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8','benchmark','{"batch":1,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79588933071999406814e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}','','digits/resnet18/16/64',1,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79588933071999406814e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306','benchmark','{"batch":1,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79588933071999406814e+09,1.79588933086801171307e+09,1.79588933087698364261e+09,0.0,NULL,NULL,'{}',0,0,NULL);
INSERT INTO "stages" VALUES('b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288','evaluate','{"before":"85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79588933071999406814e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79588933071999406814e+09,1.79588933086201691627e+09,1.79588933086600017552e+09,12.5,'1cea86562bdbbee4b5fd0a1e86cd6b3e18eba7f69e87ce3b93abb67d9478a13d',2863311,'{"nonzero": 69906}',0,0,NULL);
INSERT INTO "stages" VALUES('e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5','evaluate','{"before":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79588933071999406814e+09,1.79588933086700582508e+09,1.79588933086700582508e+09,0.0,NULL,NULL,'{}',0,0,NULL);
INSERT INTO "stages" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79588933071999406814e+09,1.79588933088499021531e+09,1.79588933088700175282e+09,12.5,'774cb0b40b95bee4930157d8661397544e69eef88ee26b5d70d507e0c3458cae',2863311,'{"nonzero": 69906}',0,0,NULL);
INSERT INTO "stages" VALUES('ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc','evaluate','{"before":"","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79588933071999406814e+09,1.79588933084198093415e+09,1.79588933085401058196e+09,0.0,NULL,NULL,'{}',0,0,NULL);
INSERT INTO "stages" VALUES('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79588933071999406814e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf','sleep','{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}','','',0,'QUARANTINED',2,2,0,1.79588933102500152589e+09,NULL,NULL,'old-host:1','cpu',0,'killed by SIGSEGV',1.79588933094799518578e+09,1.79588933101301193237e+09,1.79588933102500152589e+09,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2','sleep','{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}','','',0,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79588933094799518578e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d','sleep','{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}','','',0,'RUNNING',2,1,0,1.79588933102801895144e+09,NULL,1.7958893310330078602e+09,'old-host:1','cpu',0,NULL,1.79588933094799518578e+09,1.7958893310330078602e+09,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537','sleep','{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}','','',0,'CANCELLED',0,0,0,0.0,NULL,NULL,NULL,NULL,0,'upstream ce288ba84987 failed',1.79588933094799518578e+09,NULL,1.79588933099599337575e+09,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798','sleep','{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}','','',0,'RUNNING',1,0,0,0.0,NULL,1.79588933202600717548e+09,'old-host:1','cpu',0,NULL,1.79588933094799518578e+09,1.79588933102600717545e+09,NULL,NULL,NULL,NULL,NULL,0,0,NULL);
INSERT INTO "stages" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','sleep','{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}','','',0,'FAILED',1,0,0,1.79588933098698115345e+09,NULL,NULL,'old-host:1','cpu',0,'it cannot succeed',1.79588933094799518578e+09,1.79588933095600152009e+09,1.79588933098698115345e+09,NULL,NULL,NULL,NULL,0,0,NULL);
CREATE TABLE sweep_stages (
	sweep_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_sweep_stages PRIMARY KEY (sweep_id, digest), 
	CONSTRAINT fk_sweep_stages_digest FOREIGN KEY(digest) REFERENCES stages (digest), 
	CONSTRAINT fk_sweep_stages_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id)
);
INSERT INTO "sweep_stages" VALUES(1,'22b9d2fb4c8c0e3bb586497d71ba249466e7d9774caec23064b9083fc852bf48');
INSERT INTO "sweep_stages" VALUES(1,'397cb04c1360d86676182035a76229b973ee19be475ebf586bc0bf8db5756654');
INSERT INTO "sweep_stages" VALUES(1,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711');
INSERT INTO "sweep_stages" VALUES(1,'45d9bc8f3ad0492043e6e1d4c2d3708a708d926287cd2c2ccefa2c7944b66f5e');
INSERT INTO "sweep_stages" VALUES(1,'75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73');
INSERT INTO "sweep_stages" VALUES(1,'85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016');
INSERT INTO "sweep_stages" VALUES(1,'861bc767bb9d9b45255403aaeaa7cea6038ba0b77ed2823693a1eb7ece6bdfe2');
INSERT INTO "sweep_stages" VALUES(1,'acfc4c615fd70e3bb443ccd919cc72fd7f63a377f80e6b3999dcb612642fc8b8');
INSERT INTO "sweep_stages" VALUES(1,'b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548');
INSERT INTO "sweep_stages" VALUES(1,'b695fd94e2f0fd3c4b1b9f43909759b5a32da5653383b55220a5c963ac7e6306');
INSERT INTO "sweep_stages" VALUES(1,'b6b5fc990f60a33b40ab37441dff5a0175b22ad361db0030bee16b4a58155288');
INSERT INTO "sweep_stages" VALUES(1,'d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1');
INSERT INTO "sweep_stages" VALUES(1,'e76a4e36e2dc17d4ca4d6561cc7cc1ba6674b2b607ed18acbdfa4a1c80520bf5');
INSERT INTO "sweep_stages" VALUES(1,'eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477');
INSERT INTO "sweep_stages" VALUES(1,'ebb37f87d42de52a3c8744407aba1626cc1f0fb2ff538d8b4d536d61699b9ccc');
INSERT INTO "sweep_stages" VALUES(1,'fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd');
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
INSERT INTO "sweeps" VALUES(1,'study','{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512"}','0.1.0',1.7958893307179822922e+09,0);
INSERT INTO "sweeps" VALUES(2,'naps','{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512"}','0.1.0',1.79588933094799518578e+09,0);
CREATE TABLE workers (
	id VARCHAR(128) NOT NULL, 
	host VARCHAR(128) NOT NULL, 
	pid INTEGER NOT NULL, 
	slots JSON NOT NULL, 
	version VARCHAR(32) NOT NULL, 
	started_at DOUBLE NOT NULL, 
	seen_at DOUBLE NOT NULL, 
	stopped BOOLEAN NOT NULL, 
	CONSTRAINT pk_workers PRIMARY KEY (id)
);
INSERT INTO "workers" VALUES('old-host:1','old-host',1,'["cpu"]','0.1.0',1.79588933068499112134e+09,1.79588933068499112134e+09,0);
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
