BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
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
INSERT INTO "attempts" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d',1,'old-host:1','cpu',1.79536178020201468469e+09,1.79536178020800948149e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59',1,'old-host:1','cpu',1.79536178020998096467e+09,1.79536178021199250218e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9',1,'old-host:1','cpu',1.79536178021199250218e+09,1.79536178021400427817e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098',1,'old-host:1','cpu',1.79536178021400427817e+09,1.79536178021501016612e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e',1,'old-host:1','cpu',1.79536178021501016612e+09,1.7953617802160158158e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105',1,'old-host:1','cpu',1.7953617802160158158e+09,1.79536178021698141103e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411',1,'old-host:1','cpu',1.79536178021698141103e+09,1.79536178021798729898e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6',1,'old-host:1','cpu',1.79536178021798729898e+09,1.79536178021798729898e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920',1,'old-host:1','cpu',1.79536178021899318693e+09,NULL,NULL,NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab',1,'old-host:1','cpu',1.79536178022201061248e+09,1.79536178022498798373e+09,'FAILED','it cannot succeed','a log
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',1,'old-host:1','cpu',1.79536178022498798373e+09,1.79536178022498798373e+09,'CRASHED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',2,'old-host:1','cpu',1.79536178022498798373e+09,1.79536178022599363329e+09,'QUARANTINED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798',1,'old-host:1','cpu',1.79536178022599363329e+09,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',1,'old-host:1','cpu',1.79536178022599363329e+09,1.79536178022599363329e+09,'CRASHED','killed',NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',2,'old-host:1','cpu',1.79536178022599363329e+09,NULL,NULL,NULL,NULL);
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
INSERT INTO "cells" VALUES(1,1,1,'oneshot',0.5,1,1,0,'digits','resnet18',16,'0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','["b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9"]','a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098','e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59','df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e');
INSERT INTO "cells" VALUES(2,1,2,'oneshot',0.9,1,1,0,'digits','resnet18',16,'0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','["bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105"]','951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411','e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59','5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6');
INSERT INTO "cells" VALUES(3,1,3,'iterative',0.5,1,2,0,'digits','resnet18',16,'0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','["019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150", "559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b"]','f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6','e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59','4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8');
INSERT INTO "cells" VALUES(4,1,4,'iterative',0.9,1,2,0,'digits','resnet18',16,'0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','["ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920", "2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869"]','28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024','e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59','709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d');
CREATE TABLE edges (
	parent VARCHAR(64) NOT NULL, 
	child VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_edges PRIMARY KEY (parent, child), 
	CONSTRAINT fk_edges_child FOREIGN KEY(child) REFERENCES stages (digest), 
	CONSTRAINT fk_edges_parent FOREIGN KEY(parent) REFERENCES stages (digest)
);
INSERT INTO "edges" VALUES('019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150','559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b');
INSERT INTO "edges" VALUES('019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150','f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59');
INSERT INTO "edges" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920');
INSERT INTO "edges" VALUES('2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869','28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024');
INSERT INTO "edges" VALUES('2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869','709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d');
INSERT INTO "edges" VALUES('559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b','4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8');
INSERT INTO "edges" VALUES('559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b','f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6');
INSERT INTO "edges" VALUES('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9','a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098');
INSERT INTO "edges" VALUES('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9','df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e');
INSERT INTO "edges" VALUES('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105','5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6');
INSERT INTO "edges" VALUES('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105','951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411');
INSERT INTO "edges" VALUES('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920','28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024');
INSERT INTO "edges" VALUES('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920','2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869');
INSERT INTO "edges" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
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
	at DOUBLE NOT NULL, 
	CONSTRAINT pk_latencies PRIMARY KEY (digest), 
	CONSTRAINT fk_latencies_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "latencies" VALUES('df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79536178021501016612e+09);
INSERT INTO "latencies" VALUES('5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79536178021798729898e+09);
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
INSERT INTO "metrics" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d',1,1,0.5,0.75,0.1,2.0,700.0,1.79536178020700359341e+09);
INSERT INTO "metrics" VALUES('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9',1,1,0.5,0.75,0.1,2.0,700.0,1.79536178021299839017e+09);
INSERT INTO "metrics" VALUES('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105',1,1,0.5,0.75,0.1,2.0,700.0,1.79536178021698141103e+09);
INSERT INTO "metrics" VALUES('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920',1,1,0.5,0.75,0.1,2.0,700.0,1.79536178021899318693e+09);
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
	at DOUBLE NOT NULL, 
	CONSTRAINT pk_results PRIMARY KEY (digest), 
	CONSTRAINT fk_results_digest FOREIGN KEY(digest) REFERENCES stages (digest)
);
INSERT INTO "results" VALUES('e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59',0.95,NULL,0.3,360,699056,699056,8000000,8000000,'[]','cpu',1.79536178021098661423e+09);
INSERT INTO "results" VALUES('a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79536178021501016612e+09);
INSERT INTO "results" VALUES('951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79536178021798729898e+09);
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
INSERT INTO "stages" VALUES('019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150','prune','{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}','','digits/resnet18/16/64',1,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536178019099092488e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d','train','{"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":10,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","pad":1,"precision":"auto","validation":0.1,"warmup":0.2,"weight_decay":0.0005},"seed":0}','','digits/resnet18/16/64',10,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536178019099092488e+09,1.79536178020201468469e+09,1.79536178020800948149e+09,12.5,'d455a6b63e31cefa1373e7fd87b4d21eb077d7530fff5fcacb4b2a0b08b3d1e0',2863311,'{"nonzero": 69906}');
INSERT INTO "stages" VALUES('28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024','evaluate','{"before":"ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536178019099092488e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869','prune','{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":2,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536178019099092488e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8','benchmark','{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536178019099092488e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b','prune','{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":2,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536178019099092488e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6','benchmark','{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536178019099092488e+09,1.79536178021798729898e+09,1.79536178021798729898e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d','benchmark','{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536178019099092488e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411','evaluate','{"before":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536178019099092488e+09,1.79536178021698141103e+09,1.79536178021798729898e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098','evaluate','{"before":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536178019099092488e+09,1.79536178021400427817e+09,1.79536178021501016612e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9','prune','{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":1,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536178019099092488e+09,1.79536178021199250218e+09,1.79536178021400427817e+09,12.5,'9eb170a242c43975798efaf33d3fe6b5d44655e941172ee0b7d3bcd48a9dd57b',2863311,'{"nonzero": 69906}');
INSERT INTO "stages" VALUES('bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105','prune','{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":1,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536178019099092488e+09,1.7953617802160158158e+09,1.79536178021698141103e+09,12.5,'501112dbccbee468067357c5809669d386441aadb632a507860627ad297b15cb',2863311,'{"nonzero": 69906}');
INSERT INTO "stages" VALUES('df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e','benchmark','{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536178019099092488e+09,1.79536178021501016612e+09,1.79536178021501016612e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59','evaluate','{"before":"","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536178019099092488e+09,1.79536178020998096467e+09,1.79536178021098661423e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920','prune','{"allocation":"global","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d","recipe":{"batch":64,"flip":false,"label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","pad":1,"precision":"auto","validation":0.1,"warmup":0.0,"weight_decay":0.0005},"recovery":"finetune","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}','','digits/resnet18/16/64',1,'RUNNING',1,0,0,0.0,NULL,1.79536178121899318697e+09,'old-host:1','cpu',0,NULL,1.79536178019099092488e+09,1.79536178021899318693e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6','evaluate','{"before":"019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150","code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536178019099092488e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf','sleep','{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}','','',0,'QUARANTINED',2,2,0,1.79536178022599363329e+09,NULL,NULL,'old-host:1','cpu',0,'killed by SIGSEGV',1.79536178022100472448e+09,1.79536178022498798373e+09,1.79536178022599363329e+09,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2','sleep','{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}','','',0,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536178022100472448e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d','sleep','{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}','','',0,'RUNNING',2,1,0,1.79536178022599363329e+09,NULL,1.79536178022599363329e+09,'old-host:1','cpu',0,NULL,1.79536178022100472448e+09,1.79536178022599363329e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537','sleep','{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}','','',0,'CANCELLED',0,0,0,0.0,NULL,NULL,NULL,NULL,0,'upstream ce288ba84987 failed',1.79536178022100472448e+09,NULL,1.79536178022498798373e+09,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798','sleep','{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}','','',0,'RUNNING',1,0,0,0.0,NULL,1.79536178122599363333e+09,'old-host:1','cpu',0,NULL,1.79536178022100472448e+09,1.79536178022599363329e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','sleep','{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}','','',0,'FAILED',1,0,0,1.79536178022398209578e+09,NULL,NULL,'old-host:1','cpu',0,'it cannot succeed',1.79536178022100472448e+09,1.79536178022201061248e+09,1.79536178022398209578e+09,NULL,NULL,NULL,NULL);
CREATE TABLE sweep_stages (
	sweep_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_sweep_stages PRIMARY KEY (sweep_id, digest), 
	CONSTRAINT fk_sweep_stages_digest FOREIGN KEY(digest) REFERENCES stages (digest), 
	CONSTRAINT fk_sweep_stages_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id)
);
INSERT INTO "sweep_stages" VALUES(1,'019d78a085f746f37d6c6f4f90b530fd96a04f2cd30869e90160e3c2421e3150');
INSERT INTO "sweep_stages" VALUES(1,'0e1d3b80b0a2b4bcacf5fff0357d770be12d4b78df7e3731afec13e36b6a554d');
INSERT INTO "sweep_stages" VALUES(1,'28235320df516be49b04aeb776c8cde11f8bdb27fe17b729b566ee5333efd024');
INSERT INTO "sweep_stages" VALUES(1,'2ca5dc9ddc4d899d2e95c74891508b8289d99178517b8320e44df2cff9dba869');
INSERT INTO "sweep_stages" VALUES(1,'4dd7b832b93ee3fea67ef3e0eaf806a85d0d8ce0295ad1e3d6f1b9d807bddbb8');
INSERT INTO "sweep_stages" VALUES(1,'559aa15c6b66f108bc5cd6ead7c1515f986310d13167501a3b966d78b631e84b');
INSERT INTO "sweep_stages" VALUES(1,'5ee3dce7183b35866606ce7365f6d40a4f244e22de9db25f8e71b25ea8cab7c6');
INSERT INTO "sweep_stages" VALUES(1,'709663031b38b65a9a286c0b5712644411e5286379abd94661a78c53920dc69d');
INSERT INTO "sweep_stages" VALUES(1,'951c201a93c9d0802957f390c0faf3a9ed594b16e25eaab65d17db5fc516c411');
INSERT INTO "sweep_stages" VALUES(1,'a5b90dec57bd4d6eccf988d0718d20b76b885ab8467a17491b72e427e20ed098');
INSERT INTO "sweep_stages" VALUES(1,'b75dd9a84dcb3d7b0ee271149e55644d5b6ef3d33fafe89757934c242a071be9');
INSERT INTO "sweep_stages" VALUES(1,'bc51b792da726068705a236bdaa144683d9669085c753760864eebccbd211105');
INSERT INTO "sweep_stages" VALUES(1,'df46a32668cc3700d4a824efb6cdbeced989f55e839263317b070ee447a3726e');
INSERT INTO "sweep_stages" VALUES(1,'e0bb30e39182c07a1651e361c3a504176b9fa7ef6d4073a2377e1dc3ccfb4d59');
INSERT INTO "sweep_stages" VALUES(1,'ea3dfb78a7ae61c8cb4117f76a14a69126b618540a10116828250a33740f4920');
INSERT INTO "sweep_stages" VALUES(1,'f11df973b5d379af91fe0e8753df882370e7199870139f847f36482c90dcb3c6');
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
INSERT INTO "sweeps" VALUES(1,'study','{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1}','0.1.0',1.7953617801899850368e+09,0);
INSERT INTO "sweeps" VALUES(2,'naps','{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1}','0.1.0',1.79536178022100472448e+09,0);
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
INSERT INTO "workers" VALUES('old-host:1','old-host',1,'["cpu"]','0.1.0',1.79536178018700790402e+09,1.79536178018700790402e+09,0);
CREATE INDEX ix_stages_artifact ON stages (artifact);
CREATE INDEX ix_stages_ended_at ON stages (ended_at);
CREATE INDEX ix_stages_state_lease_until ON stages (state, lease_until);
CREATE INDEX ix_stages_state_not_before ON stages (state, not_before);
CREATE INDEX ix_stages_workload_ended_at ON stages (workload, ended_at);
CREATE INDEX ix_cells_evaluate ON cells (evaluate);
CREATE INDEX ix_edges_child ON edges (child);
CREATE INDEX ix_sweep_stages_digest ON sweep_stages (digest);
COMMIT;
