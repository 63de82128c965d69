// libevent as Swift sees it. Functions here stand in for macros that Swift cannot import; no logic.
#ifndef KAPO_CLIBEVENT_SHIM_H
#define KAPO_CLIBEVENT_SHIM_H

// Before libevent, whose configuration would change what the C library declares here.
#include <sys/select.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <event2/util.h>

#endif
