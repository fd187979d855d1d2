/* Many Socket.IO clients in one thread: they join, say things, and check that each gets everything once, in order.
 *
 *   load PORT PID CLIENTS MODE VALUE WARMUP SECONDS
 *
 *   MODE saturate   everybody says the next thing once the last is acknowledged, but not sooner than VALUE ms after it
 *   MODE rate       VALUE things a second in all, by everybody in turn
 *   MODE join       they come within VALUE ms, and say nothing
 *
 * PID is the server's: its CPU time is read at both ends of the window of SECONDS, its memory before anybody came and
 * when all are in and idle. Prints one line of JSON; exits 1 when anything was lost, doubled or out of order.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../fail.h"

#define READ_BYTES 262144
#define MOST_MESSAGES (1 << 20)
#define DRAIN_NS 60000000000LL

typedef int64_t ns_t;
enum phase { CONNECTING, UPGRADING, OPENING, NAMING, JOINING, IN };

struct client {
    int fd;
    enum phase phase;
    char *held;              /* a frame that has not come to its end */
    size_t held_size, held_room;
    long long seq;           /* the newest that it has */
    long long joined_at;     /* what was the newest when it joined */
    long long mid;
    int waits;               /* for an acknowledgement */
    ns_t said_at, began_at, in_at;
    long long bytes;
};

static struct client *clients;
static int count, joined, poller, measuring;
static const char *mode;
static ns_t pace, *sent_at;
static int *heard_by;
static long long newest, said, acked, deliveries, refused, window_said, max_seq_acked;
static float *latencies;
static long long latency_count;
static char buffer[READ_BYTES];
static struct sockaddr_in server;

static ns_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* -- the server, from outside ------------------------------------------------------------------ */

static double cpu_seconds(int pid) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file)) fail("the server is gone");
    fclose(file);
    unsigned long user, system;
    if (sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        fail("cannot read %s", path);
    return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

static long status_of(int pid, const char *field) {
    char path[64], line[256];
    long value = -1;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    if (!file) fail("the server is gone");
    while (fgets(line, sizeof line, file))
        if (!strncmp(line, field, strlen(field))) value = atol(line + strlen(field) + 1);
    fclose(file);
    return value;
}

/* -- frames ------------------------------------------------------------------------------------ */

/* A client's frame; the mask is zero, which leaves the payload as it is. */
static void send_text(struct client *c, const char *text, int length) {
    unsigned char frame[1024] = {0x81};
    int head;
    if (length < 126) {
        frame[1] = 0x80 | length;
        head = 2;
    } else {
        frame[1] = 0x80 | 126;
        frame[2] = length >> 8;
        frame[3] = length & 255;
        head = 4;
    }
    memset(frame + head, 0, 4);
    memcpy(frame + head + 4, text, length);
    if (send(c->fd, frame, head + 4 + length, MSG_NOSIGNAL) != head + 4 + length) fail("a send was cut short");
}

static void send_format(struct client *c, const char *format, ...) {
    char text[900];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    send_text(c, text, length);
}

static void say(struct client *c) {
    c->said_at = now();
    c->mid++;
    c->waits = 1;
    said++;
    if (measuring) window_said++;
    send_format(c, "42%lld[\"say\",{\"mid\":%lld,\"text\":\"%lld somebody has something to say in this room\"}]", c->mid,
                c->mid, (long long)c->said_at);
}

static long long number_after(const char *text, const char *end, const char *key) {
    size_t length = strlen(key);
    const char *found = memmem(text, end - text, key, length);
    return found ? atoll(found + length) : -1;
}

static void heard_posted(struct client *c, const char *text, const char *end) {
    long long seq = number_after(text, end, "\"seq\":");
    if (c->phase != IN || seq <= c->joined_at) return; /* the answer to its join had it */
    if (seq != c->seq + 1) fail("client %d got %lld after %lld", (int)(c - clients), seq, c->seq);
    c->seq = seq;
    if (seq > newest) newest = seq;
    if (measuring) deliveries++;
    if (seq >= MOST_MESSAGES) fail("too many messages for this program");
    if (!heard_by[seq]++) sent_at[seq] = number_after(text, end, "\"text\":\"");
    if (heard_by[seq] == count && sent_at[seq] > 0 && measuring && latency_count < MOST_MESSAGES)
        latencies[latency_count++] = (now() - sent_at[seq]) / 1e6f;
}

static void heard_ack(struct client *c, const char *text, const char *end) {
    if (c->phase == JOINING) {
        if (!memmem(text, end - text, "\"ok\":true", 9)) fail("not let in: %.*s", (int)(end - text), text);
        c->seq = c->joined_at = number_after(text, end, "\"head\":");
        c->phase = IN;
        c->in_at = now();
        joined++;
        return;
    }
    c->waits = 0;
    long long seq = number_after(text, end, "\"seq\":");
    if (seq < 0) {
        if (!memmem(text, end - text, "slow-down", 9)) fail("refused: %.*s", (int)(end - text), text);
        refused++;
        c->mid--;
        return;
    }
    acked++;
    if (seq > max_seq_acked) max_seq_acked = seq;
}

static void heard(struct client *c, const char *text, const char *end) {
    size_t length = end - text;
    if (length == 1 && *text == '2') {
        send_text(c, "3", 1);
    } else if (length > 11 && !memcmp(text, "42[\"posted\"", 11)) {
        heard_posted(c, text, end);
    } else if (length > 2 && !memcmp(text, "43", 2)) {
        heard_ack(c, text, end);
    } else if (c->phase == OPENING && *text == '0') {
        send_text(c, "40", 2);
        c->phase = NAMING;
    } else if (c->phase == NAMING && !memcmp(text, "40", 2)) {
        int n = c - clients;
        send_format(c, "420[\"join\",{\"token\":\"bench-token-of-somebody-%08d\",\"name\":\"Bench %d\"}]", n, n);
        c->phase = JOINING;
    }
}

/* How many bytes of the data were whole frames. */
static size_t take_frames(struct client *c, const char *data, size_t size) {
    size_t done = 0;
    while (size - done >= 2) {
        const unsigned char *frame = (const unsigned char *)data + done;
        size_t length = frame[1] & 127, head = 2;
        if (length == 126) {
            if (size - done < 4) break;
            length = frame[2] << 8 | frame[3];
            head = 4;
        } else if (length == 127) {
            if (size - done < 10) break;
            length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | frame[i];
            head = 10;
        }
        if (size - done < head + length) break;
        if ((frame[0] & 15) == 8) fail("the server closes client %d", (int)(c - clients));
        heard(c, data + done + head, data + done + head + length);
        done += head + length;
    }
    return done;
}

/* -- clients ----------------------------------------------------------------------------------- */

static void begin(struct client *c) {
    int yes = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    c->began_at = now();
    c->seq = -1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) && errno != EINPROGRESS) fail("connect: %m");
    struct epoll_event event = {.events = EPOLLOUT, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
}

static void upgrade(struct client *c) {
    char head[512];
    int length = snprintf(head, sizeof head,
                          "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                          "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                          ntohs(server.sin_port));
    if (send(c->fd, head, length, MSG_NOSIGNAL) != length) fail("cannot connect: %m");
    c->phase = UPGRADING;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &event);
}

static void keep(struct client *c, const char *data, size_t size) {
    if (size > c->held_room) c->held = realloc(c->held, c->held_room = size + 4096);
    memmove(c->held, data, size);
    c->held_size = size;
}

static void read_from(struct client *c) {
    size_t before = c->held_size;
    if (before > sizeof buffer / 2) { /* a long frame: the page of a join */
        if (c->held_room < before + READ_BYTES) c->held = realloc(c->held, c->held_room = 2 * (before + READ_BYTES));
    }
    char *data = before > sizeof buffer / 2 ? c->held : buffer;
    if (data == buffer) memcpy(buffer, c->held, before);
    ssize_t got = recv(c->fd, data + before, (data == buffer ? sizeof buffer - before : READ_BYTES), 0);
    if (got <= 0) {
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        fail("client %d lost its connection: %s", (int)(c - clients), got ? strerror(errno) : "closed");
    }
    c->bytes += got;
    size_t size = before + got, done = 0;
    if (c->phase == UPGRADING) {
        char *end = memmem(data, size, "\r\n\r\n", 4);
        if (!end) {
            keep(c, data, size);
            return;
        }
        if (memcmp(data, "HTTP/1.1 101", 12)) fail("no WebSocket: %.*s", (int)size, data);
        done = end + 4 - data;
        c->phase = OPENING;
    }
    done += take_frames(c, data + done, size - done);
    keep(c, data + done, size - done);
}

static void turn(int milliseconds) {
    struct epoll_event events[512];
    int found = epoll_wait(poller, events, 512, milliseconds);
    for (int i = 0; i < found; i++) {
        struct client *c = events[i].data.ptr;
        if (c->phase == CONNECTING)
            upgrade(c);
        else
            read_from(c);
    }
}

/* -- what they do ------------------------------------------------------------------------------ */

static void come(ns_t within) {
    ns_t began = now();
    int started = 0;
    while (joined < count) {
        while (started < count && now() - began >= within * started / count) begin(&clients[started++]);
        turn(1);
        if (now() - began > within + DRAIN_NS) fail("only %d of %d came in", joined, count);
    }
}

/* Everybody has what was posted while the last ones came. */
static void settle(void) {
    ns_t quiet = now();
    long long seen = -1;
    while (now() - quiet < 1000000000LL) {
        turn(10);
        if (newest != seen) seen = newest, quiet = now();
    }
}

static void talk(ns_t seconds, int *next, ns_t *due) {
    ns_t end = now() + seconds;
    while (now() < end) {
        ns_t t = now();
        if (!strcmp(mode, "saturate")) {
            for (int i = 0; i < count; i++)
                if (!clients[i].waits && t - clients[i].said_at >= pace) say(&clients[i]);
            turn(1);
        } else if (!strcmp(mode, "rate")) {
            if (t >= *due) {
                say(&clients[(*next)++ % count]);
                *due += pace;
            }
            turn(1);
        } else {
            turn(10);
        }
    }
}

static int all_have_all(void) {
    for (int i = 0; i < count; i++)
        if (clients[i].waits || clients[i].seq != newest) return 0;
    return newest >= max_seq_acked;
}

static int by_size(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static double quantile(double q) { return latency_count ? latencies[(long long)(q * (latency_count - 1))] : 0; }

int main(int argc, char **argv) {
    if (argc != 8) fail("load PORT PID CLIENTS MODE VALUE WARMUP SECONDS");
    int pid = atoi(argv[2]), next = 0;
    double value = atof(argv[5]), warmup = atof(argv[6]), seconds = atof(argv[7]);
    count = atoi(argv[3]);
    mode = argv[4];
    pace = !strcmp(mode, "rate") ? 1e9 / value : value * 1e6;
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct rlimit files = {count + 100, count + 100};
    setrlimit(RLIMIT_NOFILE, &files);
    clients = calloc(count, sizeof *clients);
    heard_by = calloc(MOST_MESSAGES, sizeof *heard_by);
    sent_at = calloc(MOST_MESSAGES, sizeof *sent_at);
    latencies = calloc(MOST_MESSAGES, sizeof *latencies);
    poller = epoll_create1(0);

    long rss_before = status_of(pid, "VmRSS");
    come(!strcmp(mode, "join") ? pace : (ns_t)count * 5000000);
    double slowest = 0, all_in = 0;
    for (int i = 0; i < count; i++) {
        double took = (clients[i].in_at - clients[i].began_at) / 1e9, at = (clients[i].in_at - clients[0].began_at) / 1e9;
        if (took > slowest) slowest = took;
        if (at > all_in) all_in = at;
    }
    settle();
    long rss_idle = status_of(pid, "VmRSS"), threads = status_of(pid, "Threads");
    long long first_bytes = clients[0].bytes;

    ns_t due = now();
    talk(warmup * 1e9, &next, &due);
    measuring = 1;
    double cpu = cpu_seconds(pid);
    ns_t began = now();
    struct rusage own_before, own_after;
    getrusage(RUSAGE_SELF, &own_before);
    talk(seconds * 1e9, &next, &due);
    double spent = cpu_seconds(pid) - cpu, window = (now() - began) / 1e9;
    getrusage(RUSAGE_SELF, &own_after);
    double own = own_after.ru_utime.tv_sec + own_after.ru_stime.tv_sec - own_before.ru_utime.tv_sec -
                 own_before.ru_stime.tv_sec + (own_after.ru_utime.tv_usec + own_after.ru_stime.tv_usec -
                 own_before.ru_utime.tv_usec - own_before.ru_stime.tv_usec) / 1e6;
    long long delivered = deliveries;
    for (ns_t end = now() + DRAIN_NS; !all_have_all();) {
        turn(1);
        if (now() > end) fail("not everybody got everything: the newest is %lld", newest);
    }
    long rss_after = status_of(pid, "VmRSS");
    qsort(latencies, latency_count, sizeof *latencies, by_size);
    printf("{\"clients\": %d, \"seconds\": %.3f, \"said\": %lld, \"refused\": %lld, \"deliveries\": %lld, \"cpu\": %.3f, "
           "\"load_cpu\": %.3f, \"last_p50_ms\": %.3f, \"last_p99_ms\": %.3f, \"last_max_ms\": %.3f, \"rss_before_kb\": %ld, "
           "\"rss_idle_kb\": %ld, \"rss_after_kb\": %ld, \"threads\": %ld, \"join_slowest_s\": %.3f, \"join_all_s\": %.3f, "
           "\"first_client_bytes\": %lld}\n",
           count, window, window_said, refused, delivered, spent, own, quantile(.5), quantile(.99), quantile(1), rss_before,
           rss_idle, rss_after, threads, slowest, all_in, first_bytes);
    return 0;
}
