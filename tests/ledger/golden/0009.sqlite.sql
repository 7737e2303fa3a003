BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0009');
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
INSERT INTO "attempts" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5',1,'old-host:1','cpu',1.79589377431898570064e+09,1.79589377445799112326e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918',1,'old-host:1','cpu',1.79589377447999858855e+09,1.79589377451600742344e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709',1,'old-host:1','cpu',1.79589377456698274615e+09,1.7958937745720119476e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7',1,'old-host:1','cpu',1.79589377457301759715e+09,1795893774.65799,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc',1,'old-host:1','cpu',1795893774.65799,1.79589377471001148227e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0',1,'old-host:1','cpu',1.79589377473700785633e+09,1.79589377473801374432e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921',1,'old-host:1','cpu',1.79589377480600786204e+09,1.79589377480701351168e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445',1,'old-host:1','cpu',1.79589377480801939968e+09,1.7958937748089849949e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76',1,'old-host:1','cpu',1.79589377483401012422e+09,NULL,NULL,NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab',1,'old-host:1','cpu',1.79589377500600671771e+09,1.79589377507500648498e+09,'FAILED','it cannot succeed','a log
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',1,'old-host:1','cpu',1.79589377507500648498e+09,1.79589377507701826097e+09,'CRASHED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',2,'old-host:1','cpu',1.79589377509001350404e+09,1.7958937750910191536e+09,'QUARANTINED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798',1,'old-host:1','cpu',1.79589377509198474883e+09,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',1,'old-host:1','cpu',1.79589377509198474883e+09,1.79589377511499834064e+09,'CRASHED','killed',NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',2,'old-host:1','cpu',1.79589377511499834064e+09,NULL,NULL,NULL,NULL);
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
INSERT INTO "cells" VALUES(1,1,1,'oneshot',0.5,1,1,0,'digits','resnet18',16,'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','["e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709"]','c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7','db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918','34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc');
INSERT INTO "cells" VALUES(2,1,2,'oneshot',0.9,1,1,0,'digits','resnet18',16,'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','["1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0"]','341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921','db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918','2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445');
INSERT INTO "cells" VALUES(3,1,3,'iterative',0.5,1,2,0,'digits','resnet18',16,'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','["61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a", "36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673"]','f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87','db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918','0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96');
INSERT INTO "cells" VALUES(4,1,4,'iterative',0.9,1,2,0,'digits','resnet18',16,'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','["ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76", "1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf"]','5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d','db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918','1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed');
CREATE TABLE edges (
	parent VARCHAR(64) NOT NULL, 
	child VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_edges PRIMARY KEY (parent, child), 
	CONSTRAINT fk_edges_child FOREIGN KEY(child) REFERENCES stages (digest), 
	CONSTRAINT fk_edges_parent FOREIGN KEY(parent) REFERENCES stages (digest)
);
INSERT INTO "edges" VALUES('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0','2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445');
INSERT INTO "edges" VALUES('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0','341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921');
INSERT INTO "edges" VALUES('1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf','1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed');
INSERT INTO "edges" VALUES('1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf','5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d');
INSERT INTO "edges" VALUES('36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673','0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96');
INSERT INTO "edges" VALUES('36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673','f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87');
INSERT INTO "edges" VALUES('61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a','36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673');
INSERT INTO "edges" VALUES('61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a','f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709');
INSERT INTO "edges" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76');
INSERT INTO "edges" VALUES('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709','34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc');
INSERT INTO "edges" VALUES('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709','c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7');
INSERT INTO "edges" VALUES('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76','1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf');
INSERT INTO "edges" VALUES('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76','5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d');
INSERT INTO "edges" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
CREATE TABLE identity (
	id VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (id)
);
INSERT INTO "identity" VALUES('c92f752706b74c3c8657c2c39070c3ed');
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
INSERT INTO "latencies" VALUES('34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79589377468398070335e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]','own',0.00048828125,-0.1,1.5,1.5,1.4,1.6,0.00048828125);
INSERT INTO "latencies" VALUES('2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79589377480801939968e+09,'fp32','1','onnxruntime','1',1.0,0.99,1.01,0.5,0.99,'[]','own',0.00048828125,-0.1,1.5,1.5,1.4,1.6,0.00048828125);
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
INSERT INTO "metrics" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5',1,1,0.5,0.75,0.1,2.0,700.0,1.79589377440001511576e+09);
INSERT INTO "metrics" VALUES('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709',1,1,0.5,0.75,0.1,2.0,700.0,1.79589377456899428366e+09);
INSERT INTO "metrics" VALUES('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0',1,1,0.5,0.75,0.1,2.0,700.0,1.79589377473801374432e+09);
INSERT INTO "metrics" VALUES('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76',1,1,0.5,0.75,0.1,2.0,700.0,1.79589377485400581357e+09);
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
INSERT INTO "results" VALUES('db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918',0.95,NULL,0.3,360,699056,699056,8000000,8000000,'[]','cpu',1.79589377451399564737e+09,NULL,0,NULL,69906,699056,71916,701066,0.1);
INSERT INTO "results" VALUES('c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79589377465698432929e+09,NULL,0,NULL,69906,699056,71916,701066,0.1);
INSERT INTO "results" VALUES('341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79589377480701351168e+09,NULL,0,NULL,69906,699056,71916,701066,0.1);
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
INSERT INTO "snapshots" VALUES('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76',1,'5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',99,1,3,1.79589377493998408321e+09);
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
	summary JSON, returns INTEGER DEFAULT '0' NOT NULL, furthest BIGINT DEFAULT '0' NOT NULL, lease_seconds DOUBLE, progress_at DOUBLE, ran JSON, 
	CONSTRAINT pk_stages PRIMARY KEY (digest)
);
INSERT INTO "stages" VALUES('0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79589377397499227518e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79589377397499227518e+09,1.79589377473700785633e+09,1.79589377473801374432e+09,12.5,'0f62b5b1fb6901c843a82e44b512311908d9678480ba4677a471fcc3f6959201',2863311,'{"nonzero": 69906, "top1_val": 0.75}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO "stages" VALUES('1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79589377397499227518e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":11,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79589377397499227518e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79589377397499227518e+09,1.79589377480801939968e+09,1.79589377480801939968e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921','evaluate','{"before":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79589377397499227518e+09,1.79589377480600786204e+09,1.79589377480701351168e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO "stages" VALUES('34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc','benchmark','{"batch":1,"code":4,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"dense":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","device":"cpu","engines":["torch","onnxruntime","sparse"],"kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79589377397499227518e+09,1795893774.65799,1.79589377468398070335e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":11,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79589377397499227518e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d','evaluate','{"before":"ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79589377397499227518e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}','','digits/resnet18/16/64',1,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79589377397499227518e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5','train','{"after":0,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":10,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}','','digits/resnet18/16/64',10,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79589377397499227518e+09,1.79589377431898570064e+09,1795893774.44399,12.5,'5c2ecfbd5523bdeb777420f63cd67dcf8ccacc16aa3f912866b846dda1004b1a',2863311,'{"nonzero": 69906, "top1_val": 0.75}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO "stages" VALUES('c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7','evaluate','{"before":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79589377397499227518e+09,1.79589377457301759715e+09,1.79589377465698432929e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO "stages" VALUES('db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918','evaluate','{"before":"","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79589377397499227518e+09,1.79589377447999858855e+09,1.79589377451399564737e+09,0.0,NULL,NULL,'{}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO "stages" VALUES('e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79589377397499227518e+09,1.79589377456698274615e+09,1.79589377457100605964e+09,12.5,'9076eaad55aa8bbb615319a3e5a0c74dee26f1435630bb22fde832220d74b12e',2863311,'{"nonzero": 69906, "top1_val": 0.75}',0,0,NULL,NULL,'{"device": "a processor", "numbers": "fp32", "layout": "channels_last", "threads": 2, "torch": "2.13.0", "kernels": "oneDNN 3.12.0", "instructions": "AVX2", "resumed": false}');
INSERT INTO "stages" VALUES('ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76','prune','{"after":0,"allocation":"global","before":0,"code":3,"counts":"","dataset":{"classes":10,"fingerprint":"","name":"digits"},"epochs":1,"first_epoch":10,"kind":"prune","layers":"","model":{"classes":10,"name":"resnet18","width":16},"parent":"a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","optimizer":"sgd","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}','','digits/resnet18/16/64',1,'RUNNING',1,0,0,0.0,NULL,1.79589377583401012426e+09,'old-host:1','cpu',0,NULL,1.79589377397499227518e+09,1.79589377483401012422e+09,NULL,NULL,NULL,NULL,NULL,0,4294967299,1.0,NULL,NULL);
INSERT INTO "stages" VALUES('f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87','evaluate','{"before":"61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a","bn_reestimate":false,"code":3,"dataset":{"classes":10,"fingerprint":"","name":"digits"},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79589377397499227518e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf','sleep','{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}','','',0,'QUARANTINED',2,2,0,1.7958937750910191536e+09,NULL,NULL,'old-host:1','cpu',0,'killed by SIGSEGV',1.79589377496698045732e+09,1.79589377509001350404e+09,1.7958937750910191536e+09,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2','sleep','{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}','','',0,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79589377496698045732e+09,NULL,NULL,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d','sleep','{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}','','',0,'RUNNING',2,1,0,1.79589377511499834064e+09,NULL,1.79589377511499834064e+09,'old-host:1','cpu',0,NULL,1.79589377496698045732e+09,1.79589377511499834064e+09,NULL,NULL,NULL,NULL,NULL,0,0,0.0,NULL,NULL);
INSERT INTO "stages" VALUES('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537','sleep','{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}','','',0,'CANCELLED',0,0,0,0.0,NULL,NULL,NULL,NULL,0,'upstream ce288ba84987 failed',1.79589377496698045732e+09,NULL,1.79589377507400059703e+09,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798','sleep','{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}','','',0,'RUNNING',1,0,0,0.0,NULL,1.79589377609198474886e+09,'old-host:1','cpu',0,NULL,1.79589377496698045732e+09,1.79589377509198474883e+09,NULL,NULL,NULL,NULL,NULL,0,0,1.0,NULL,NULL);
INSERT INTO "stages" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','sleep','{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}','','',0,'FAILED',1,0,0,1.79589377503199720386e+09,NULL,NULL,'old-host:1','cpu',0,'it cannot succeed',1.79589377496698045732e+09,1.79589377500600671771e+09,1.79589377503199720386e+09,NULL,NULL,NULL,NULL,0,0,NULL,NULL,NULL);
CREATE TABLE sweep_stages (
	sweep_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_sweep_stages PRIMARY KEY (sweep_id, digest), 
	CONSTRAINT fk_sweep_stages_digest FOREIGN KEY(digest) REFERENCES stages (digest), 
	CONSTRAINT fk_sweep_stages_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id)
);
INSERT INTO "sweep_stages" VALUES(1,'0477bebe288a53066437da7d1e6a71c67c22a3bf2be31decd999b84255371b96');
INSERT INTO "sweep_stages" VALUES(1,'1029596f3ccf174a7764ab0848769d809113215b44e28a348c1096bf1b5b26f0');
INSERT INTO "sweep_stages" VALUES(1,'1aebbe4210c08ce863b0bb4598e00ae13e95eddcef6a775a6a6918127665a9ed');
INSERT INTO "sweep_stages" VALUES(1,'1b41177d95a6e493dd4b3a4866dae11909de2b03868db3893dfbacba86266adf');
INSERT INTO "sweep_stages" VALUES(1,'2f899a51ff65170952659acc5650c51bb6b3c11357e18db0e5550cb296505445');
INSERT INTO "sweep_stages" VALUES(1,'341b9bb4a97d8dab56da95c7df84adaf855a264f0570dd7686ee88c57b6aa921');
INSERT INTO "sweep_stages" VALUES(1,'34f104d682629ec83ed099ba5579991a664125a6269dd5881ef05864209895cc');
INSERT INTO "sweep_stages" VALUES(1,'36bea94460ffe34d8003f77d064888820c623d51f72e2e08d234bb1d22833673');
INSERT INTO "sweep_stages" VALUES(1,'5acbccb4234d8cb0a0bb055805c0c2cbdc01450248547e405435f9e0bfed700d');
INSERT INTO "sweep_stages" VALUES(1,'61df1b6858bbe6f7197070e9cd1c0a42e3d35acc478b6d5d49fd85f272100d1a');
INSERT INTO "sweep_stages" VALUES(1,'a1b4001add648b668219f3aa61ccacc8fcd76dc36f024777bedb3255dbfce2c5');
INSERT INTO "sweep_stages" VALUES(1,'c97817cea9844aa3bd27b8ea3511c585e93fd27d6bb837d343147dd36c7a41d7');
INSERT INTO "sweep_stages" VALUES(1,'db0f0369bc414d82b33a115257b6a8bb118bfe1824efc05e14e0f38344818918');
INSERT INTO "sweep_stages" VALUES(1,'e21b47d022238edf22bb0365341f62eed47c0a5e3a913516bbb8aa55daae6709');
INSERT INTO "sweep_stages" VALUES(1,'ef18f8e913914545c312d90314504ef81b60730afc8a21185cd234f96a59af76');
INSERT INTO "sweep_stages" VALUES(1,'f7954a0faceb45117a3208c10a0fa69a64db264ed05f5942f622bd13edc47c87');
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
INSERT INTO "sweeps" VALUES(1,'study','{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": [], "looked": []}','0.1.0',1.79589377397298073767e+09,0);
INSERT INTO "sweeps" VALUES(2,'naps','{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "bench_engines": ["torch", "onnxruntime", "sparse"], "fair": false, "bn_reestimate": false, "algorithms": [], "costs": "avx512", "controls": false, "layers": [], "looked": []}','0.1.0',1.79589377496698045732e+09,0);
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
INSERT INTO "workers" VALUES('old-host:1','old-host',1,'["cpu"]','0.1.0',1.79589377388398504262e+09,1.79589377388398504262e+09,0,'null');
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
