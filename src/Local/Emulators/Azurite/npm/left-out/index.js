'use strict';

// Stands in for applicationinsights, axios, mysql2, sequelize and tedious. Of these the table service loads only the
// first, and does not call it unless telemetry is on, which host.js never turns on. They are 330 of the 365 MB of an
// installation, and most of the time a start takes.
module.exports = {};
