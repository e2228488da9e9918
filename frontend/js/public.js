import "./common.js";
import "./upload.js";
