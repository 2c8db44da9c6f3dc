import{a as e}from"./chunk-GETMO44Q.js";var o=r=>e(r);export{o as de};
