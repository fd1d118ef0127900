// Loaded before the Playground (node --require): it would listen on every interface, without any
// authentication. Here it may be reached from this machine alone.
"use strict";
const net = require("net");

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  const onThisMachine = typeof port === "number" && typeof rest[0] !== "string";
  return onThisMachine ? listen.call(this, port, "127.0.0.1", ...rest) : listen.call(this, port, ...rest);
};
