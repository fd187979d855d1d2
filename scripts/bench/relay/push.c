/* One HTTP request whose body is a file's beginning, moved by the system (sendfile), as fast as it goes or paced.
 *
 *   push ADDRESS PORT METHOD PATH FILE SIZE RATE [HEADER ...]
 *
 * RATE in bytes a second; 0: as fast as it goes. At the end prints one line of JSON: the seconds (CLOCK_MONOTONIC) of
 * the first byte sent and of the answer. Exits 1 unless the answer was a 201 or 204.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "peer.h"

#define STEP_BYTES (1 << 20)
#define PACED_BYTES (1 << 16)

static int connected(const char *address, int port) {
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &server.sin_addr) != 1) fail("%s is no address", address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&server, sizeof server)) fail("connect: %m");
    return fd;
}

static void send_head(int fd, char **argv, int argc) {
    char head[8192];
    int length = snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: %s:%s\r\nConnection: close\r\nContent-Length: %s\r\n",
                          argv[3], argv[4], argv[1], argv[2], argv[6]);
    for (int i = 8; i < argc; i++) length += snprintf(head + length, sizeof head - length, "%s\r\n", argv[i]);
    length += snprintf(head + length, sizeof head - length, "\r\n");
    if (send(fd, head, length, MSG_NOSIGNAL) != length) fail("send: %m");
}

static void send_body(int fd, int file, long long size, double rate) {
    double began = now();
    for (off_t at = 0; at < size;) {
        long long step = rate ? PACED_BYTES : STEP_BYTES;
        double early = rate ? began + at / rate - now() : 0;
        if (early > 0) usleep(early * 1e6);
        if (sendfile(fd, file, &at, step < size - at ? step : size - at) <= 0) fail("sendfile at %lld: %m", (long long)at);
    }
}

int main(int argc, char **argv) {
    if (argc < 8) fail("push ADDRESS PORT METHOD PATH FILE SIZE RATE [HEADER ...]");
    int file = open(argv[5], O_RDONLY);
    if (file < 0) fail("%s: %m", argv[5]);
    int fd = connected(argv[1], atoi(argv[2]));
    double began = now();
    send_head(fd, argv, argc);
    send_body(fd, file, atoll(argv[6]), atof(argv[7]));
    char answer[4096];
    ssize_t got = recv(fd, answer, sizeof answer - 1, 0);
    double ended = now();
    answer[got > 0 ? got : 0] = 0;
    if (strncmp(answer, "HTTP/1.1 201", 12) && strncmp(answer, "HTTP/1.1 204", 12)) fail("answered: %s", answer);
    printf("{\"began\": %.6f, \"ended\": %.6f}\n", began, ended);
    return 0;
}
