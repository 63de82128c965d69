// MariaDB Connector/C as Swift sees it. No logic.
#ifndef KAPO_CMARIADB_SHIM_H
#define KAPO_CMARIADB_SHIM_H

#include <mysql.h>

#endif
