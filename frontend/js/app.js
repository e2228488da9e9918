import "./common.js";
import "./requests.js";
import "./toasts.js";
import "./drawer.js";
import "./tables.js";
import "./upload.js";
import "./draft.js";
import "./chips.js";
