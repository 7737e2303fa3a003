BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
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
INSERT INTO "attempts" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65',1,'old-host:1','cpu',1.79536465940100240703e+09,1.79536465940599155428e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99',1,'old-host:1','cpu',1.79536465940800309178e+09,1.79536465940900897978e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd',1,'old-host:1','cpu',1.79536465940900897978e+09,1.79536465941001462933e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120',1,'old-host:1','cpu',1.79536465941098022456e+09,1.79536465941098022456e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0',1,'old-host:1','cpu',1.79536465941098022456e+09,1.79536465941299200064e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702',1,'old-host:1','cpu',1.79536465941299200064e+09,1.79536465941299200064e+09,'DONE',NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b',1,'old-host:1','cpu',1.79536465941399788859e+09,1.79536465941399788859e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b',1,'old-host:1','cpu',1.79536465941399788859e+09,1.79536465941500377654e+09,'DONE',NULL,NULL);
INSERT INTO "attempts" VALUES('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68',1,'old-host:1','cpu',1.79536465941500377654e+09,NULL,NULL,NULL,'epoch 1
');
INSERT INTO "attempts" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab',1,'old-host:1','cpu',1.79536465942401599884e+09,1.79536465942799901957e+09,'FAILED','it cannot succeed','a log
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',1,'old-host:1','cpu',1.79536465942900466926e+09,1.79536465942900466926e+09,'CRASHED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf',2,'old-host:1','cpu',1.79536465942900466926e+09,1.79536465943001055721e+09,'QUARANTINED','killed by SIGSEGV','a log with ünicode
');
INSERT INTO "attempts" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798',1,'old-host:1','cpu',1.79536465943001055721e+09,NULL,NULL,NULL,NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',1,'old-host:1','cpu',1.79536465943001055721e+09,1.79536465943101644516e+09,'CRASHED','killed',NULL);
INSERT INTO "attempts" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d',2,'old-host:1','cpu',1.79536465943101644516e+09,NULL,NULL,NULL,NULL);
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
INSERT INTO "cells" VALUES(1,1,1,'oneshot',0.5,1,1,0,'digits','resnet18',16,'5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','["63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd"]','ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120','ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99','a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0');
INSERT INTO "cells" VALUES(2,1,2,'oneshot',0.9,1,1,0,'digits','resnet18',16,'5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','["9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702"]','8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b','ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99','5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b');
INSERT INTO "cells" VALUES(3,1,3,'iterative',0.5,1,2,0,'digits','resnet18',16,'5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','["665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9", "15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57"]','de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b','ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99','8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a');
INSERT INTO "cells" VALUES(4,1,4,'iterative',0.9,1,2,0,'digits','resnet18',16,'5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','["11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68", "56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697"]','2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b','ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99','4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab');
CREATE TABLE edges (
	parent VARCHAR(64) NOT NULL, 
	child VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_edges PRIMARY KEY (parent, child), 
	CONSTRAINT fk_edges_child FOREIGN KEY(child) REFERENCES stages (digest), 
	CONSTRAINT fk_edges_parent FOREIGN KEY(parent) REFERENCES stages (digest)
);
INSERT INTO "edges" VALUES('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68','2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b');
INSERT INTO "edges" VALUES('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68','56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697');
INSERT INTO "edges" VALUES('15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57','8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a');
INSERT INTO "edges" VALUES('15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57','de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b');
INSERT INTO "edges" VALUES('56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697','2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b');
INSERT INTO "edges" VALUES('56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697','4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99');
INSERT INTO "edges" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120');
INSERT INTO "edges" VALUES('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd','a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0');
INSERT INTO "edges" VALUES('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd','ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120');
INSERT INTO "edges" VALUES('665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9','15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57');
INSERT INTO "edges" VALUES('665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9','de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b');
INSERT INTO "edges" VALUES('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702','5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b');
INSERT INTO "edges" VALUES('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702','8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b');
INSERT INTO "edges" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537');
CREATE TABLE identity (
	id VARCHAR(32) NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (id)
);
INSERT INTO "identity" VALUES('49abe00edf7647dbb93d654896e7086f');
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
INSERT INTO "latencies" VALUES('a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79536465941198611264e+09);
INSERT INTO "latencies" VALUES('5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b',1.25,1.0,1.25,1.2,1.3,20,'torch',1,1,'a processor','a host',1.79536465941500377654e+09);
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
INSERT INTO "metrics" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65',1,1,0.5,0.75,0.1,2.0,700.0,1.79536465940301418302e+09);
INSERT INTO "metrics" VALUES('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd',1,1,0.5,0.75,0.1,2.0,700.0,1.79536465941001462933e+09);
INSERT INTO "metrics" VALUES('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702',1,1,0.5,0.75,0.1,2.0,700.0,1.79536465941299200064e+09);
INSERT INTO "metrics" VALUES('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68',1,1,0.5,0.75,0.1,2.0,700.0,1.79536465941500377654e+09);
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
INSERT INTO "results" VALUES('ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99',0.95,NULL,0.3,360,699056,699056,8000000,8000000,'[]','cpu',1.79536465940800309178e+09,NULL,0);
INSERT INTO "results" VALUES('ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79536465941098022456e+09,NULL,0);
INSERT INTO "results" VALUES('8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b',0.9,0.5,0.3,360,69906,699056,1000000,8000000,'[]','cpu',1.79536465941399788859e+09,NULL,0);
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
INSERT INTO "snapshots" VALUES('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68',1,'5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',99,1,3,1.79536465942099833495e+09);
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
INSERT INTO "stages" VALUES('11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.683772233983}','','digits/resnet18/16/64',1,'RUNNING',1,0,0,0.0,NULL,1.79536466041500377657e+09,'old-host:1','cpu',0,NULL,1.79536465939098453521e+09,1.79536465941500377654e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536465939098453521e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b','evaluate','{"before":"11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536465939098453521e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab','benchmark','{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536465939098453521e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":2,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536465939098453521e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b','benchmark','{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536465939098453521e+09,1.79536465941399788859e+09,1.79536465941500377654e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65','train','{"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":10,"horizon":0,"kind":"train","model":{"classes":10,"name":"resnet18","width":16},"recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-dense","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.2,"weight_decay":0.0005},"seed":0}','','digits/resnet18/16/64',10,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536465939098453521e+09,1.79536465940100240703e+09,1.79536465940498566632e+09,12.5,'56ad9d662bef695d2a3a25f450569fe814d40b6fc37dc970142129a4c5d913f5',2863311,'{"nonzero": 69906}');
INSERT INTO "stages" VALUES('63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.5}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536465939098453521e+09,1.79536465940900897978e+09,1.79536465941001462933e+09,12.5,'ddeb32c622bbeaf1a0bd58b8d587bc28f3dabf4f9eb4e889e5de7055e894fc36',2863311,'{"nonzero": 69906}');
INSERT INTO "stages" VALUES('665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.292893218813}','','digits/resnet18/16/64',1,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536465939098453521e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a','benchmark','{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57","threads":1}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536465939098453521e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b','evaluate','{"before":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536465939098453521e+09,1.79536465941399788859e+09,1.79536465941399788859e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702','prune','{"allocation":"global","code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"epochs":1,"horizon":0,"kind":"prune","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","recipe":{"batch":64,"cutout":0,"decay_all":true,"flip":"none","label_smoothing":0.0,"lr":0.05,"momentum":0.9,"name":"digits-finetune","precision":"auto","schedule":"triangle","translate":1,"validation":0.1,"version":1,"warmup":0.0,"weight_decay":0.0005},"rewind":"","round":1,"score":"magnitude","seed":0,"sparsity":0.9}','','digits/resnet18/16/64',1,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536465939098453521e+09,1.79536465941299200064e+09,1.79536465941299200064e+09,12.5,'207218faff7aba07f76e3cb3f3f778864aab86474c4d1e3a5b17adf0f33113b9',2863311,'{"nonzero": 69906}');
INSERT INTO "stages" VALUES('a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0','benchmark','{"batch":1,"code":1,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"dense":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","device":"cpu","engine":"torch","kind":"benchmark","model":{"classes":10,"name":"resnet18","width":16},"parent":"63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd","threads":1}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536465939098453521e+09,1.79536465941098022456e+09,1.79536465941198611264e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99','evaluate','{"before":"","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536465939098453521e+09,1.79536465940800309178e+09,1.79536465940800309178e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b','evaluate','{"before":"665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57"}','','',0,'PENDING',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1.79536465939098453521e+09,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120','evaluate','{"before":"5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65","bn_reestimate":false,"code":2,"dataset":{"classes":10,"fingerprint":"","name":"digits","path":""},"kind":"evaluate","model":{"classes":10,"name":"resnet18","width":16},"parent":"63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd"}','','',0,'DONE',1,0,0,0.0,NULL,NULL,'old-host:1','cpu',0,NULL,1.79536465939098453521e+09,1.79536465941098022456e+09,1.79536465941098022456e+09,0.0,NULL,NULL,'{}');
INSERT INTO "stages" VALUES('1c55c52daac3d03969e1b246918c26bb6ec8a0b48687f9dd9bd019f1206f73cf','sleep','{"after":[],"code":1,"kind":"sleep","label":"quarantined","seconds":0.0}','','',0,'QUARANTINED',2,2,0,1.79536465943001055721e+09,NULL,NULL,'old-host:1','cpu',0,'killed by SIGSEGV',1795364659.42301,1.79536465942900466926e+09,1.79536465943001055721e+09,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('299d417fdd88cd13d5b7fa0d61eed0d2b4179dc64091b2dee8ad3288276571d2','sleep','{"after":[],"code":1,"kind":"sleep","label":"waits","seconds":0.0}','','',0,'READY',0,0,0,0.0,NULL,NULL,NULL,NULL,0,NULL,1795364659.42301,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('2e36e745185e31e6abe1acaf2bb4198ded13a8782d021cceabbdee861197027d','sleep','{"after":[],"code":1,"kind":"sleep","label":"lost","seconds":0.0}','','',0,'RUNNING',2,1,0,1.79536465943101644516e+09,NULL,1.79536465943101644516e+09,'old-host:1','cpu',0,NULL,1795364659.42301,1.79536465943101644516e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('4459a6bd723180d8e4b10ced4dfe8cf4b95c0c2bad71cfa87cd48a7c4b3a4537','sleep','{"after":["ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab"],"code":1,"kind":"sleep","label":"after fails","seconds":0.0}','','',0,'CANCELLED',0,0,0,0.0,NULL,NULL,NULL,NULL,0,'upstream ce288ba84987 failed',1795364659.42301,NULL,1.79536465942799901957e+09,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('5ebd3cf3d9307b6d575b0e5271c863024249dfa51fd6f23fffd022141360e798','sleep','{"after":[],"code":1,"kind":"sleep","label":"runs","seconds":0.0}','','',0,'RUNNING',1,0,0,0.0,NULL,1.79536466043001055725e+09,'old-host:1','cpu',0,NULL,1795364659.42301,1.79536465943001055721e+09,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('ce288ba8498706063d9cb9ceb1acbe654555ff65e31353515189115270667aab','sleep','{"after":[],"code":1,"kind":"sleep","label":"fails","seconds":0.0}','','',0,'FAILED',1,0,0,1.79536465942598724362e+09,NULL,NULL,'old-host:1','cpu',0,'it cannot succeed',1795364659.42301,1.79536465942401599884e+09,1.79536465942699313162e+09,NULL,NULL,NULL,NULL);
CREATE TABLE sweep_stages (
	sweep_id INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_sweep_stages PRIMARY KEY (sweep_id, digest), 
	CONSTRAINT fk_sweep_stages_digest FOREIGN KEY(digest) REFERENCES stages (digest), 
	CONSTRAINT fk_sweep_stages_sweep_id FOREIGN KEY(sweep_id) REFERENCES sweeps (id)
);
INSERT INTO "sweep_stages" VALUES(1,'11ab0c01cce448009a0ce77cc4a5c2b1a695b1eaf0c15936da9cc7e29953fb68');
INSERT INTO "sweep_stages" VALUES(1,'15daf05c00e4466565fdefdf7805c504e1062a59dee7415191c4c30c0bd3df57');
INSERT INTO "sweep_stages" VALUES(1,'2074a2ab3c6c95c271d011312c83c1cdce7c2d06a565f23b8a1776772edbe30b');
INSERT INTO "sweep_stages" VALUES(1,'4c413fc3308b985d3e3e6095aaa628fec6020e761df139a7f7c329b75e6053ab');
INSERT INTO "sweep_stages" VALUES(1,'56a743812486c8ffa5638f4c769031d55d5ed1c0d78fb56c005d079d1995e697');
INSERT INTO "sweep_stages" VALUES(1,'5c2cbbb34764418323102b626188a77f2f034e44f64c9996b4b9e36991e4ce4b');
INSERT INTO "sweep_stages" VALUES(1,'5f319d5c4a921241079cd73cf6b04d418ef965054f52a3a2d596feb266d9da65');
INSERT INTO "sweep_stages" VALUES(1,'63cf498e5507ed5e988e4be9f4fbad3f82cb785d8b85db0a1faebb226c23bedd');
INSERT INTO "sweep_stages" VALUES(1,'665348bff7e1c30ab7b45e2b96cda174d6a68d78339ec2c20c9fbe49e55b8da9');
INSERT INTO "sweep_stages" VALUES(1,'8d6427a9063ea0bb36064249de796ec262f811087cbb57adcc0c9fddd730155a');
INSERT INTO "sweep_stages" VALUES(1,'8dcfaa6a46f6f6156cfbadfc85a05039be4a78fe355526c3eec0465b8b80c86b');
INSERT INTO "sweep_stages" VALUES(1,'9b31133f0fda71b5a3e1d4c47468baa468877f3f3bc3e67f70aba7ffaf812702');
INSERT INTO "sweep_stages" VALUES(1,'a3bb6ba515e26da3f4edbf98b489b82eaeb9f28868d3e734b8b4139349772cc0');
INSERT INTO "sweep_stages" VALUES(1,'ce0493dcc1bd2eb52cc751e0dadc264ec3d46d1eb8d348862e1016bf35525d99');
INSERT INTO "sweep_stages" VALUES(1,'de57c0dd9cc9e3914ffd97c37b03d4105984f8c305e34b0e1ac4aed6b388605b');
INSERT INTO "sweep_stages" VALUES(1,'ff235a427d69ac489e99209d2ac0fc13e954fbd11292080d65fb1276855e6120');
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
INSERT INTO "sweeps" VALUES(1,'study','{"sparsity": [0.5, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1], "iterations": [2], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "fair": false, "bn_reestimate": false, "algorithms": []}','0.1.0',1.79536465939001893999e+09,0);
INSERT INTO "sweeps" VALUES(2,'naps','{"sparsity": [0.5, 0.75, 0.9], "algorithm": ["oneshot", "iterative"], "epochs": [1, 2], "iterations": [2, 3], "seeds": [0], "dataset": "digits", "model": "resnet18", "width": 16, "dense_epochs": 10, "recipe": "digits", "bench_device": "cpu", "bench_threads": 1, "bench_batch": 1, "fair": false, "bn_reestimate": false, "algorithms": []}','0.1.0',1.7953646594220042229e+09,0);
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
INSERT INTO "workers" VALUES('old-host:1','old-host',1,'["cpu"]','0.1.0',1.79536465938498973841e+09,1.79536465938498973841e+09,0);
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
