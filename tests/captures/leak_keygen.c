/* Loaded before OpenSSL (LD_PRELOAD), this writes every private key that libssl draws for a key
 * exchange into the file named by TLS13LAB_LEAK, one hexadecimal line each. It is how the shipped
 * captures come to have "a private share that leaked" out of a real OpenSSL process.
 *
 *     cc -shared -fPIC -o leak_keygen.so leak_keygen.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

int EVP_PKEY_keygen(void *context, void **key)
{
    int (*keygen)(void *, void **) = dlsym(RTLD_NEXT, "EVP_PKEY_keygen");
    int (*raw)(const void *, unsigned char *, size_t *) =
        dlsym(RTLD_NEXT, "EVP_PKEY_get_raw_private_key");
    int done = keygen(context, key);
    const char *path = getenv("TLS13LAB_LEAK");
    unsigned char bytes[64];
    size_t length = sizeof bytes;
    FILE *file;

    if (done > 0 && path && raw && raw(*key, bytes, &length) == 1 && (file = fopen(path, "a"))) {
        for (size_t i = 0; i < length; i++)
            fprintf(file, "%02x", bytes[i]);
        fputc('\n', file);
        fclose(file);
    }
    return done;
}
