// OpenSSL, and libevent's bufferevents over it, as Swift sees them. Functions here stand in for macros that Swift
// cannot import; no logic.
#ifndef KAPO_COPENSSL_SHIM_H
#define KAPO_COPENSSL_SHIM_H

// Before libevent, whose configuration would change what the C library declares here.
#include <sys/select.h>

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// The name that the server is told before it shows its certificate (RFC 6066, section 3); 1 when it could be set.
static inline int kapo_SSL_set_tlsext_host_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

// A server that closes without TLS's own farewell has ended its answer, and not broken it off.
static inline uint64_t kapo_SSL_OP_IGNORE_UNEXPECTED_EOF(void) { return SSL_OP_IGNORE_UNEXPECTED_EOF; }

#endif
