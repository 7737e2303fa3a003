BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0012');
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
INSERT INTO "attempts" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a',1,'old-host:1','cpu',1.79595256293099212645e+09,1.79595256298800253868e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209',1,'old-host:1','cpu',1.79595256299600887299e+09,1.79595256300498104093e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f',1,'old-host:1','cpu',1.79595256300799846647e+09,1.79595256301499891279e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23',1,'old-host:1','cpu',1.79595256301600480078e+09,1.79595256302401113509e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148',1,'old-host:1','cpu',1.79595256302501702304e+09,1.79595256303700661661e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715',1,'old-host:1','cpu',1.7959525630380125046e+09,1.79595256303901815416e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62',1,'old-host:1','cpu',1.79595256303998374938e+09,1.7959525630500018596e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d',1,'old-host:1','cpu',1.79595256305100774768e+09,1.79595256305201339723e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928',1,'old-host:1','cpu',1795952563.11699,NULL,NULL,NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab',1,'old-host:1','cpu',1.79595256318800163266e+09,1.79595256321600389476e+09,'FAILED','it cannot succeed','a log
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',1,'old-host:1','cpu',1.79595256321600389476e+09,1.79595256322300434112e+09,'CRASHED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',2,'old-host:1','cpu',1.79595256322300434112e+09,1.79595256322501611702e+09,'QUARANTINED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798',1,'old-host:1','cpu',1.79595256323000478744e+09,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',1,'old-host:1','cpu',1.79595256323000478744e+09,1.79595256323201656338e+09,'CRASHED','killed',NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',2,'old-host:1','cpu',1.79595256323201656338e+09,NULL,NULL,NULL,NULL);
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
INSERT INTO "cells" VALUES(1,1,1,'oneshot',0.5,1,1,0,'digits','resnet18',16,'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','["76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f"]','9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23','3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209','c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148');
INSERT INTO "cells" VALUES(2,1,2,'oneshot',0.9,1,1,0,'digits','resnet18',16,'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','["90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715"]','b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62','3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209','b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d');
INSERT INTO "cells" VALUES(3,1,3,'iterative',0.5,1,2,0,'digits','resnet18',16,'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','["8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784", "61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805"]','62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3','3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209','17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817');
INSERT INTO "cells" VALUES(4,1,4,'iterative',0.9,1,2,0,'digits','resnet18',16,'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','["718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928", "ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60"]','7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884','3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209','1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538');
CREATE TABLE edges (
	parent VARCHAR(64) NOT NULL, 
	child VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_edges PRIMARY KEY (parent, child), 
	CONSTRAINT fk_edges_child FOREIGN KEY(child) REFERENCES stages (digest), 
	CONSTRAINT fk_edges_parent FOREIGN KEY(parent) REFERENCES stages (digest)
);
INSERT INTO "edges" VALUES('61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805','17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817');
INSERT INTO "edges" VALUES('61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805','62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3');
INSERT INTO "edges" VALUES('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928','7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884');
INSERT INTO "edges" VALUES('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928','ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60');
INSERT INTO "edges" VALUES('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f','9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23');
INSERT INTO "edges" VALUES('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f','c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148');
INSERT INTO "edges" VALUES('8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784','61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805');
INSERT INTO "edges" VALUES('8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784','62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3');
INSERT INTO "edges" VALUES('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715','b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62');
INSERT INTO "edges" VALUES('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715','b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d');
INSERT INTO "edges" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148');
INSERT INTO "edges" VALUES('ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60','1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538');
INSERT INTO "edges" VALUES('ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60','7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884');
INSERT INTO "edges" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
CREATE TABLE identity (
	id VARCHAR(32) NOT NULL, removed_attempt INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (id)
);
INSERT INTO "identity" VALUES('bc6fe96b6f31451a839d5671500027ff',0);
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
INSERT INTO "latencies" VALUES('c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.7959525630259826184e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]','own',0.00048828125,-0.1,1.5,1.5,1.4,1.6,0.00048828125);
INSERT INTO "latencies" VALUES('b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79595256305201339723e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]','own',0.00048828125,-0.1,1.5,1.5,1.4,1.6,0.00048828125);
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
INSERT INTO "metrics" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a',1,1,0.5,0.75,0.1,2.0,700.0,1.79595256294201612466e+09);
INSERT INTO "metrics" VALUES('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f',1,1,0.5,0.75,0.1,2.0,700.0,1.79595256301399326323e+09);
INSERT INTO "metrics" VALUES('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715',1,1,0.5,0.75,0.1,2.0,700.0,1.7959525630380125046e+09);
INSERT INTO "metrics" VALUES('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928',1,1,0.5,0.75,0.1,2.0,700.0,1.79595256311799573905e+09);
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
	at DOUBLE NOT NULL, top1_bn DOUBLE, collapsed INTEGER, top5 DOUBLE, nonzero_counted BIGINT, total_counted BIGINT, params_nonzero BIGINT, params BIGINT, majority DOUBLE, 
	CONSTRAINT pk_results PRIMARY KEY (digest), 
	CONSTRAINT fk_results_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "results" VALUES('3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209',0.95,NULL,0.3,360,699056,699056,8000000,8000000,'[]','cpu',1.7959525630020036698e+09,NULL,0,NULL,69906,699056,71916,701066,0.1);
INSERT INTO "results" VALUES('9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79595256301701068873e+09,NULL,0,NULL,69906,699056,71916,701066,0.1);
INSERT INTO "results" VALUES('b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.7959525630500018596e+09,NULL,0,NULL,69906,699056,71916,701066,0.1);
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
INSERT INTO "snapshots" VALUES('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928',1,'5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',99,1,3,1.79595256316800570492e+09);
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
	summary JSON, returns INTEGER DEFAULT '0' NOT NULL, furthest BIGINT DEFAULT '0' NOT NULL, lease_seconds DOUBLE, progress_at DOUBLE, ran JSON, rank BIGINT DEFAULT '0' NOT NULL, doing JSON, 
	CONSTRAINT pk_stages PRIMARY KEY (digest)
);
INSERT INTO "stages" VALUES('17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","device":"cpu","engines":["onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79595256284698534011e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,11,NULL);
INSERT INTO "stages" VALUES('1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","device":"cpu","engines":["onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79595256284698534011e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,15,NULL);
INSERT INTO "stages" VALUES('3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209','evaluate','{"before":"","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79595256284698534011e+09,1.79595256299600887299e+09,1.7959525630020036698e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}',1,NULL);
INSERT INTO "stages" VALUES('61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":11,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79595256284698534011e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,30000009,NULL);
INSERT INTO "stages" VALUES('62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3','evaluate','{"before":"8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79595256284698534011e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,10,NULL);
INSERT INTO "stages" VALUES('718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}','','digits/resnet18/16/64',1,'RUNNING',1,0,0,0.0,NULL,1795952564.11699,'old-host:1','cpu',0,NULL,1.79595256284698534011e+09,1795952563.11699,NULL,NULL,NULL,NULL,NULL,0,4294967299,1.0,NULL,NULL,60000012,NULL);
INSERT INTO "stages" VALUES('76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79595256284698534011e+09,1.79595256300799846647e+09,1.79595256301399326323e+09,12.5,'f56c70751332af45d80c670c9545f0b47dc8fe5e42b556ad798c060ad6814c67',2863311,'{"nonzero": 69906, "top1_val": 0.75}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}',60000002,NULL);
INSERT INTO "stages" VALUES('7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884','evaluate','{"before":"718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79595256284698534011e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,14,NULL);
INSERT INTO "stages" VALUES('8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}','','digits/resnet18/16/64',1,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79595256284698534011e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,60000008,NULL);
INSERT INTO "stages" VALUES('90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79595256284698534011e+09,1.7959525630380125046e+09,1.79595256303901815416e+09,12.5,'517cef1f7ea1f59937bcdd6ee5a5e2f3c20292cc4deefecd1a110d52754f4d09',2863311,'{"nonzero": 69906, "top1_val": 0.75}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}',60000005,NULL);
INSERT INTO "stages" VALUES('9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23','evaluate','{"before":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79595256284698534011e+09,1.79595256301600480078e+09,1.79595256301701068873e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}',3,NULL);
INSERT INTO "stages" VALUES('b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62','evaluate','{"before":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79595256284698534011e+09,1.79595256303998374938e+09,1.7959525630500018596e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}',6,NULL);
INSERT INTO "stages" VALUES('b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","device":"cpu","engines":["onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79595256284698534011e+09,1.79595256305100774768e+09,1.79595256305201339723e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,NULL,7,NULL);
INSERT INTO "stages" VALUES('c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a","device":"cpu","engines":["onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79595256284698534011e+09,1.79595256302501702304e+09,1.7959525630259826184e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,NULL,4,NULL);
INSERT INTO "stages" VALUES('cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a','train','{"after":0,"before":0,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":10,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"parent":"","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}','','digits/resnet18/16/64',10,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79595256284698534011e+09,1.79595256293099212645e+09,1.79595256298599100118e+09,12.5,'a20b659dc26f42e827776a4190877c6f5dae716172ef08ddbabac6a53ea4fabc',2863311,'{"nonzero": 69906, "top1_val": 0.75}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}',90000000,NULL);
INSERT INTO "stages" VALUES('ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":11,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79595256284698534011e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,30000013,NULL);
INSERT INTO "stages" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf','sleep','{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}','','',0,'QUARANTINED',2,2,0,1.79595256322401022907e+09,NULL,NULL,'old-host:1','cpu',0,'killed by SIGSEGV',1.79595256317500615115e+09,1.79595256322300434112e+09,1.79595256322401022907e+09,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,90000001,NULL);
INSERT INTO "stages" VALUES('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2','sleep','{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}','','',0,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79595256317500615115e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,90000003,NULL);
INSERT INTO "stages" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d','sleep','{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}','','',0,'RUNNING',2,1,0,1.79595256323101067543e+09,NULL,1.79595256323201656338e+09,'old-host:1','cpu',0,NULL,1.79595256317500615115e+09,1.79595256323201656338e+09,NULL,NULL,NULL,NULL,NULL,0,0,0.0,NULL,NULL,90000004,NULL);
INSERT INTO "stages" VALUES('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537','sleep','{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}','','',0,'CANCELLED',0,0,0,0.0,NULL,NULL,NULL,NULL,0,'upstream ce288ba84987 failed',1.79595256317500615115e+09,NULL,1.79595256321499800681e+09,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,60000005,NULL);
INSERT INTO "stages" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798','sleep','{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}','','',0,'RUNNING',1,0,0,0.0,NULL,1.79595256423000478743e+09,'old-host:1','cpu',0,NULL,1.79595256317500615115e+09,1.79595256323000478744e+09,NULL,NULL,NULL,NULL,NULL,0,0,1.0,NULL,NULL,90000002,NULL);
INSERT INTO "stages" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','sleep','{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}','','',0,'FAILED',1,0,0,1.7959525632059857845e+09,NULL,NULL,'old-host:1','cpu',0,'it cannot succeed',1.79595256317500615115e+09,1.79595256318800163266e+09,1.7959525632059857845e+09,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL,90000000,NULL);
CREATE TABLE sweep_stages (
	sweep_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_sweep_stages PRIMARY KEY (sweep_id, digest), 
	CONSTRAINT fk_sweep_stages_digest FOREIGN KEY(digest) REFERENCES stages (digest), 
	CONSTRAINT fk_sweep_stages_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id)
);
INSERT INTO "sweep_stages" VALUES(1,'17fc40c715a35148d29dbbcc71b35acfe562be42a8f4983be11aa6c14e445817');
INSERT INTO "sweep_stages" VALUES(1,'1b140e18c4675db3cace34a0d83d951b1bb4d962788bd9de200d63528497b538');
INSERT INTO "sweep_stages" VALUES(1,'3ce31421fb0b1bfe6451942010f4d25ed281a37dd44dd1b39cf379dd19c07209');
INSERT INTO "sweep_stages" VALUES(1,'61fb9fe5ef50812a6f6bdabdc332517c0d56c3c50057a0184607eb1974c74805');
INSERT INTO "sweep_stages" VALUES(1,'62a8664a99cb3ecfc63e2420fd7b3a4f2c677f3e5b7cca09b4dc81b5beeeadb3');
INSERT INTO "sweep_stages" VALUES(1,'718f392964909c8227a67e74597c4f13aa2624d817e803d3bdba50b42bc73928');
INSERT INTO "sweep_stages" VALUES(1,'76c4186da060c897da655b24e5ef8cd74b0f5459c076c08d54fa23315707c65f');
INSERT INTO "sweep_stages" VALUES(1,'7770017ec927f89efd116f58c071cd57d8e063d871ab0a72febf1abc9a904884');
INSERT INTO "sweep_stages" VALUES(1,'8e888cc1c7db4fc7e6216a22b4bf33b9fbae2d31e1ed36e71db34c4b04b0e784');
INSERT INTO "sweep_stages" VALUES(1,'90d4f45725d011a1dcefeed4cc29202c3f2e5a5ee6ddcb73995f1ae7f1fec715');
INSERT INTO "sweep_stages" VALUES(1,'9c31df9603b1624bb3bed87593031067454e052b08e76b030d8937d997485a23');
INSERT INTO "sweep_stages" VALUES(1,'b76c34e8a2df3a56aedff42b3046df4bc85a2913726235f8a6c8cb63fd318b62');
INSERT INTO "sweep_stages" VALUES(1,'b938fe0c191a37eb71eab13091cfe4125e3384baf59fcdce2b0364efb398f26d');
INSERT INTO "sweep_stages" VALUES(1,'c6391f37c05ab0078459cf5568ab4d67d3d04c040e5a641ddd2ed293969a7148');
INSERT INTO "sweep_stages" VALUES(1,'cbaf4ae35a6cababdd80fe271617ead5f6c7780914a677728e24f62cd956b02a');
INSERT INTO "sweep_stages" VALUES(1,'ed3da796c9a064f2b69596550d368f6c401f63c3c55754f6b014972d65c4be60');
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
	cancelled BOOLEAN NOT NULL, throughput BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_sweeps PRIMARY KEY (id), 
	CONSTRAINT uq_sweeps_name UNIQUE (name)
);
INSERT INTO "sweeps" VALUES(1,'study','{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": [], "looked": [], "weights": "", "mean": "", "std": "", "image_size": 0, "resize": "crop", "test_share": "", "head": "keep"}','0.1.0',1.79595256284300231926e+09,0,0);
INSERT INTO "sweeps" VALUES(2,'naps','{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": [], "looked": [], "weights": "", "mean": "", "std": "", "image_size": 0, "resize": "crop", "test_share": "", "head": "keep"}','0.1.0',1.79595256317400026315e+09,0,0);
CREATE TABLE workers (
	id VARCHAR(128) NOT NULL, 
	host VARCHAR(128) NOT NULL, 
	pid INTEGER NOT NULL, 
	slots JSON NOT NULL, 
	version VARCHAR(32) NOT NULL, 
	started_at DOUBLE NOT NULL, 
	seen_at DOUBLE NOT NULL, 
	stopped BOOLEAN NOT NULL, notes JSON, usage JSON, 
	CONSTRAINT pk_workers PRIMARY KEY (id)
);
INSERT INTO "workers" VALUES('old-host:1','old-host',1,'["cpu"]','0.1.0',1.79595256282401227951e+09,1.79595256282401227951e+09,0,'null','null');
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
