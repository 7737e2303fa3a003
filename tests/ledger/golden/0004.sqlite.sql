BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0004');
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
INSERT INTO "attempts" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711',1,'old-host:1','cpu',1.79537319007700085643e+09,1.7953731900910019875e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f',1,'old-host:1','cpu',1.79537319009800243373e+09,1.79537319010001420981e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1',1,'old-host:1','cpu',1795373190.10102,1795373190.10102,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d',1,'old-host:1','cpu',1.79537319010198569298e+09,1.79537319010600900648e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1',1,'old-host:1','cpu',1.79537319010701465604e+09,1.79537319010798025135e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477',1,'old-host:1','cpu',1.79537319010898613934e+09,1.79537319010898613934e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941',1,'old-host:1','cpu',1.79537319010999202729e+09,1.79537319011401534079e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a',1,'old-host:1','cpu',1.79537319011498093601e+09,1.79537319011498093601e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016',1,'old-host:1','cpu',1.7953731901159868241e+09,NULL,NULL,NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab',1,'old-host:1','cpu',1.79537319013199949259e+09,1.79537319014101171498e+09,'FAILED','it cannot succeed','a log
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',1,'old-host:1','cpu',1.79537319014101171498e+09,1.79537319014298319816e+09,'CRASHED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',2,'old-host:1','cpu',1.79537319014298319816e+09,1.79537319014398908615e+09,'QUARANTINED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798',1,'old-host:1','cpu',1.79537319014398908615e+09,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',1,'old-host:1','cpu',1.79537319014398908615e+09,1.79537319014499473571e+09,'CRASHED','killed',NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',2,'old-host:1','cpu',1.79537319014499473571e+09,NULL,NULL,NULL,NULL);
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
INSERT INTO "cells" VALUES(1,1,1,'oneshot',0.5,1,1,0,'digits','resnet18',16,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','["d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1"]','e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d','6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f','4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1');
INSERT INTO "cells" VALUES(2,1,2,'oneshot',0.9,1,1,0,'digits','resnet18',16,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','["eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477"]','bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941','6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f','ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a');
INSERT INTO "cells" VALUES(3,1,3,'iterative',0.5,1,2,0,'digits','resnet18',16,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','["b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548", "fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd"]','9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b','6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f','ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71');
INSERT INTO "cells" VALUES(4,1,4,'iterative',0.9,1,2,0,'digits','resnet18',16,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','["85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016", "75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73"]','c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d','6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f','4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7');
CREATE TABLE edges (
	parent VARCHAR(64) NOT NULL, 
	child VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_edges PRIMARY KEY (parent, child), 
	CONSTRAINT fk_edges_child FOREIGN KEY(child) REFERENCES stages (digest), 
	CONSTRAINT fk_edges_parent FOREIGN KEY(parent) REFERENCES stages (digest)
);
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71');
INSERT INTO "edges" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477');
INSERT INTO "edges" VALUES('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73','4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7');
INSERT INTO "edges" VALUES('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73','c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d');
INSERT INTO "edges" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016','75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73');
INSERT INTO "edges" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016','c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d');
INSERT INTO "edges" VALUES('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548','9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b');
INSERT INTO "edges" VALUES('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548','fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd');
INSERT INTO "edges" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1','4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1');
INSERT INTO "edges" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1','e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d');
INSERT INTO "edges" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477','ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a');
INSERT INTO "edges" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477','bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941');
INSERT INTO "edges" VALUES('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd','9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b');
INSERT INTO "edges" VALUES('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd','ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71');
INSERT INTO "edges" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
CREATE TABLE identity (
	id VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (id)
);
INSERT INTO "identity" VALUES('2a3017258ea348c795de0fbb2581da3c');
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
INSERT INTO "latencies" VALUES('4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79537319010701465604e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]');
INSERT INTO "latencies" VALUES('ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79537319011498093601e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]');
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
INSERT INTO "metrics" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711',1,1,0.5,0.75,0.1,2.0,700.0,1.79537319008400154118e+09);
INSERT INTO "metrics" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1',1,1,0.5,0.75,0.1,2.0,700.0,1795373190.10102);
INSERT INTO "metrics" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477',1,1,0.5,0.75,0.1,2.0,700.0,1.79537319010898613934e+09);
INSERT INTO "metrics" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016',1,1,0.5,0.75,0.1,2.0,700.0,1.7953731901159868241e+09);
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
	at DOUBLE NOT NULL, top1_bn DOUBLE, collapsed INTEGER, 
	CONSTRAINT pk_results PRIMARY KEY (digest), 
	CONSTRAINT fk_results_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "results" VALUES('6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f',0.95,NULL,0.3,360,699056,699056,8000000,8000000,'[]','cpu',1.79537319009900832181e+09,NULL,0);
INSERT INTO "results" VALUES('e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79537319010600900648e+09,NULL,0);
INSERT INTO "results" VALUES('bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79537319011401534079e+09,NULL,0);
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
INSERT INTO "snapshots" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016',1,'5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',99,1,3,1.79537319012499904636e+09);
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
	summary JSON, 
	CONSTRAINT pk_stages PRIMARY KEY (digest)
);
INSERT INTO "stages" VALUES('4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7','benchmark','{"batch":1,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79537319005901670459e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711','train','{"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":10,"horizon":0,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}','','digits/resnet18/16/64',10,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79537319005901670459e+09,1.79537319007700085643e+09,1.7953731900910019875e+09,12.5,'117d7989d1038f3592f9e4f262e12143e967fea64f249beabd1037818712dc54',2863311,'{"nonzero": 69906}');
INSERT INTO "stages" VALUES('4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1','benchmark','{"batch":1,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79537319005901670459e+09,1.79537319010701465604e+09,1.79537319010701465604e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f','evaluate','{"before":"","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79537319005901670459e+09,1.79537319009800243373e+09,1.79537319009900832181e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79537319005901670459e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}','','digits/resnet18/16/64',1,'RUNNING',1,0,0,0.0,NULL,1.795373191115986824e+09,'old-host:1','cpu',0,NULL,1.79537319005901670459e+09,1.7953731901159868241e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b','evaluate','{"before":"b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79537319005901670459e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a','benchmark','{"batch":1,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79537319005901670459e+09,1.79537319011498093601e+09,1.79537319011498093601e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}','','digits/resnet18/16/64',1,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79537319005901670459e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941','evaluate','{"before":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79537319005901670459e+09,1.79537319010999202729e+09,1.79537319011401534079e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d','evaluate','{"before":"85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79537319005901670459e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79537319005901670459e+09,1795373190.10102,1795373190.10102,12.5,'1cea86562bdbbee4b5fd0a1e86cd6b3e18eba7f69e87ce3b93abb67d9478a13d',2863311,'{"nonzero": 69906}');
INSERT INTO "stages" VALUES('e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d','evaluate','{"before":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79537319005901670459e+09,1.79537319010198569298e+09,1.79537319010600900648e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71','benchmark','{"batch":1,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79537319005901670459e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79537319005901670459e+09,1.79537319010898613934e+09,1.79537319010898613934e+09,12.5,'774cb0b40b95bee4930157d8661397544e69eef88ee26b5d70d507e0c3458cae',2863311,'{"nonzero": 69906}');
INSERT INTO "stages" VALUES('fb7b62e20883500940776ac6ae99553acdc26108215ed86eda0b13c2f7e524bd','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79537319005901670459e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf','sleep','{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}','','',0,'QUARANTINED',2,2,0,1.79537319014398908615e+09,NULL,NULL,'old-host:1','cpu',0,'killed by SIGSEGV',1.79537319013099384303e+09,1.79537319014298319816e+09,1.79537319014398908615e+09,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2','sleep','{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}','','',0,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79537319013099384303e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d','sleep','{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}','','',0,'RUNNING',2,1,0,1.79537319014499473571e+09,NULL,1.79537319014499473571e+09,'old-host:1','cpu',0,NULL,1.79537319013099384303e+09,1.79537319014499473571e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537','sleep','{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}','','',0,'CANCELLED',0,0,0,0.0,NULL,NULL,NULL,NULL,0,'upstream ce288ba84987 failed',1.79537319013099384303e+09,NULL,1.79537319014101171498e+09,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798','sleep','{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}','','',0,'RUNNING',1,0,0,0.0,NULL,1.79537319114398908614e+09,'old-host:1','cpu',0,NULL,1.79537319013099384303e+09,1.79537319014398908615e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','sleep','{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}','','',0,'FAILED',1,0,0,1.79537319013799428939e+09,NULL,NULL,'old-host:1','cpu',0,'it cannot succeed',1.79537319013099384303e+09,1.79537319013199949259e+09,1.79537319013900017734e+09,NULL,NULL,NULL,NULL);
CREATE TABLE sweep_stages (
	sweep_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_sweep_stages PRIMARY KEY (sweep_id, digest), 
	CONSTRAINT fk_sweep_stages_digest FOREIGN KEY(digest) REFERENCES stages (digest), 
	CONSTRAINT fk_sweep_stages_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id)
);
INSERT INTO "sweep_stages" VALUES(1,'4157b055b1c5ec695aea97a2becd17a462658bb7c574f914394391f1c34549a7');
INSERT INTO "sweep_stages" VALUES(1,'45cd2178187301dbaeb942f46aef769e34121e262f4e9f2953f8301d9897d711');
INSERT INTO "sweep_stages" VALUES(1,'4919eb95627d87ed9e1510462b1951dcbb8e7fa889434e95cafa4b032435d5e1');
INSERT INTO "sweep_stages" VALUES(1,'6df1fc2badfd9501ee9561e862d3157bc22b4de1a9c421af72218e2d42e9be7f');
INSERT INTO "sweep_stages" VALUES(1,'75433cebe9c6f316e1acb84f84e9880d16eea82f1592f8986ce171ce576cbf73');
INSERT INTO "sweep_stages" VALUES(1,'85f43eda629aca324a37c2634fcfc848a4c50071fa0bd1f9c4ede247f7bb7016');
INSERT INTO "sweep_stages" VALUES(1,'9a333b429b60a28112824a29ceec52c6c5c9317a2a26db35d5b8b5be3592c98b');
INSERT INTO "sweep_stages" VALUES(1,'ad3db9ecefa00c773e397e6177e36a36b9f54f0a11ff94b29f45a291b9c4b26a');
INSERT INTO "sweep_stages" VALUES(1,'b37350814b35f62a39d9ddcde668cf1e57b8829b08dddd3a6c89db144a64b548');
INSERT INTO "sweep_stages" VALUES(1,'bb7698811e3d6462c657b63851f191f35b445483f7e17e3d575a0702b5801941');
INSERT INTO "sweep_stages" VALUES(1,'c3fceaf3524ef6f5d9b89b80e7ed0e2f2fd5fc6033337b422092072729b54c1d');
INSERT INTO "sweep_stages" VALUES(1,'d31a8749d76bba39b3ec78e96f7abe81e3b6dc68e1a0df5b4eebbdb26568aec1');
INSERT INTO "sweep_stages" VALUES(1,'e500d2a4b33b16d9553d04d4d0308a25d6d57ea44d22b6087dd488c21269d39d');
INSERT INTO "sweep_stages" VALUES(1,'ea810bd6c4a22ebf31ba2cba551001903e7f62f48567577bad0b43e65ffafe71');
INSERT INTO "sweep_stages" VALUES(1,'eac8543c0e705d07d5b62ee88fee96e4457931668d7510394eeb59b04b0bc477');
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
INSERT INTO "sweeps" VALUES(1,'study','{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": []}','0.1.0',1.79537319005398750305e+09,0);
INSERT INTO "sweeps" VALUES(2,'naps','{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": []}','0.1.0',1.79537319012998795508e+09,0);
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
INSERT INTO "workers" VALUES('old-host:1','old-host',1,'["cpu"]','0.1.0',1.79537319004501557352e+09,1.79537319004501557352e+09,0);
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
