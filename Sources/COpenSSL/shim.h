// SHA-256 of OpenSSL's libcrypto.
#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

// The functions of the algorithm itself: those that OpenSSL 3 prefers look the algorithm up by name at each call, which takes
// three times as long as hashing a short key.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

/// Writes the 32 bytes of the digest.
static inline void openssl_sha256(const void *bytes, size_t count, unsigned char *digest) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, count);
    SHA256_Final(digest, &context);
}

#endif
