/** Entry point: routes. */

import { route, otherwise, start } from "./router.js";
import { startShell } from "./shell.js";
import { home } from "./pages/home.js";
import { studies } from "./pages/studies.js";
import { notebook } from "./pages/notebook.js";
import { notebooks } from "./pages/notebooks.js";
import { newStudy } from "./pages/new-study.js";
import { study } from "./pages/study.js";
import { compare } from "./pages/compare.js";
import { runs } from "./pages/runs.js";
import { run } from "./pages/run.js";
import { datasets } from "./pages/datasets.js";
import { account } from "./pages/account.js";
import { members } from "./pages/members.js";
import { shares } from "./pages/shares.js";
import { sharedView } from "./pages/shared-view.js";
import { audit } from "./pages/audit.js";
import { notFound } from "./pages/not-found.js";

route("/", home);
route("/notebooks", notebooks);
route("/notebooks/:id", notebook);
route("/studies", studies);
route("/studies/new", newStudy);
route("/studies/:id", study);
route("/compare", compare);
route("/runs", runs);
route("/runs/:id", run);
route("/datasets", datasets);
route("/account", account);
route("/members", members);
route("/shares", shares);
route("/shared", compare);
route("/shared/view", sharedView);
route("/audit", audit);
otherwise(notFound);

startShell();
start();
