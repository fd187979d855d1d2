/* Many HTTP GETs in one thread that throw away what comes, without ever copying it.
 *
 *   drain ADDRESS PORT SIZE < PATHS
 *
 * One connection for each line of PATHS. Says "asked" once all requests are sent; at the end prints one line of JSON:
 * for each one the seconds (CLOCK_MONOTONIC) of its body's first and last byte, and the bytes in all. Exits 1 unless
 * each answer was a 200 whose length is SIZE and whose body had all of it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "peer.h"

#define MOST 1024
#define HEAD_BYTES 8192
#define STEP_BYTES (1 << 24)

struct get {
    int fd;
    int has_head;
    long long left;
    double first, last;
    char path[2048];
};

static struct get gets[MOST];
static int count;
static long long size;

static void ask(struct get *get, const char *address, int port) {
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &server.sin_addr) != 1) fail("%s is no address", address);
    char head[4096];
    int yes = 1;
    int length = snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n", get->path,
                          address, port);
    get->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(get->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(get->fd, (struct sockaddr *)&server, sizeof server)) fail("connect: %m");
    if (send(get->fd, head, length, MSG_NOSIGNAL) != length) fail("send: %m");
}

/* Take the head, and not a byte of the body; 0 when not all of it has come. */
static int take_head(struct get *get) {
    char head[HEAD_BYTES + 1];
    ssize_t got = recv(get->fd, head, HEAD_BYTES, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (got <= 0) fail("get %d: no answer: %s", (int)(get - gets), got ? strerror(errno) : "closed");
    head[got] = 0;
    char *end = strstr(head, "\r\n\r\n");
    if (!end && got == HEAD_BYTES) fail("get %d: a long head", (int)(get - gets));
    if (!end) return 0;
    end[2] = 0;
    if (strncmp(head, "HTTP/1.1 200 ", 13)) fail("get %d: %.*s", (int)(get - gets), (int)strcspn(head, "\r"), head);
    char *told = strcasestr(head, "\r\nContent-Length:");
    if (!told || atoll(told + 17) != size) fail("get %d: not %lld bytes long", (int)(get - gets), size);
    ssize_t length = end + 4 - head;
    if (recv(get->fd, head, length, 0) != length) fail("recv: %m");
    get->has_head = 1;
    get->left = size;
    return 1;
}

/* 1 once the last byte is there. */
static int take(struct get *get) {
    if (!get->has_head && !take_head(get)) return 0;
    ssize_t got = recv(get->fd, NULL, STEP_BYTES, MSG_TRUNC | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (got <= 0) fail("get %d: cut with %lld bytes left", (int)(get - gets), get->left);
    get->last = now();
    if (get->left == size) get->first = get->last;
    get->left -= got;
    if (get->left < 0) fail("get %d: too long", (int)(get - gets));
    if (get->left) return 0;
    close(get->fd);
    return 1;
}

static void tell(const char *name, size_t offset) {
    printf("\"%s\": [", name);
    for (int i = 0; i < count; i++) printf("%s%.6f", i ? ", " : "", *(double *)((char *)&gets[i] + offset));
    printf("], ");
}

int main(int argc, char **argv) {
    if (argc != 4) fail("drain ADDRESS PORT SIZE < PATHS");
    size = atoll(argv[3]);
    while (count < MOST && fgets(gets[count].path, sizeof gets[count].path, stdin)) {
        gets[count].path[strcspn(gets[count].path, "\n")] = 0;
        count++;
    }
    int poller = epoll_create1(0), left = count;
    double began = now();
    for (int i = 0; i < count; i++) {
        ask(&gets[i], argv[1], atoi(argv[2]));
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &gets[i]};
        epoll_ctl(poller, EPOLL_CTL_ADD, gets[i].fd, &event);
    }
    puts("asked");
    fflush(stdout);
    while (left) {
        struct epoll_event events[64];
        int found = epoll_wait(poller, events, 64, -1);
        for (int i = 0; i < found; i++) left -= take(events[i].data.ptr);
    }
    printf("{\"began\": %.6f, ", began);
    tell("first", offsetof(struct get, first));
    tell("last", offsetof(struct get, last));
    printf("\"bytes\": %lld}\n", count * size);
    return 0;
}
