// SPDX-License-Identifier: Apache-2.0
// bench_reader URL...: light RTSP readers, one connection an address (H.264 video over TCP, digest
// where it is asked for). What comes is counted and thrown away. Prints "ready" once all receive;
// then, for each line on its input, one line with the bytes of RTP payload that each has received
// so far and the packets that it has missed. Ends with its input.
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>

#define RTP_HEADER    12
#define ANSWER_MAX    65536
#define KEEP_ALIVE_US (20 * G_USEC_PER_SEC)
#define PATIENCE_S    20

typedef struct {
    char *uri; // without user and password
    char *user, *password, *host;
    int port;
    int fd;
    int cseq;
    char *realm, *nonce, *session;

    // The interleaved stream, which is cut anywhere by reads.
    guint8 head[8]; // $, channel, size (2), the packet's first four bytes
    size_t n_head;
    size_t skip;         // of the packet that is being thrown away
    unsigned n_text_end; // of \r\n\r\n, inside an answer
    bool in_answer;
    bool plays;
    guint16 next_seq;
    guint64 bytes, lost;
} Reader;

static _Noreturn void give_up(const Reader *reader, const char *what)
{
    g_printerr("bench_reader: %s: %s\n", reader->uri, what);
    exit(1);
}

// --- Opening: one request after the other, blocking, on a thread for each reader

static void parse_url(Reader *reader, const char *url)
{
    g_autofree char *path = NULL, *query = NULL;
    g_autoptr(GError) error = NULL;
    reader->uri = g_strdup(url);
    if (!g_uri_split_with_user(url, G_URI_FLAGS_HAS_PASSWORD, NULL, &reader->user,
                               &reader->password, NULL, &reader->host, &reader->port, &path, &query,
                               NULL, &error))
        give_up(reader, error->message);
    g_free(reader->uri);
    reader->uri = g_strdup_printf("rtsp://%s:%d%s%s%s", reader->host, reader->port, path,
                                  query ? "?" : "", query ? query : "");
}

static void connect_to_server(Reader *reader)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found = NULL;
    g_autofree char *port = g_strdup_printf("%d", reader->port);
    if (getaddrinfo(reader->host, port, &hints, &found) != 0)
        give_up(reader, "no such host");
    reader->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(reader->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct timeval patience = { .tv_sec = PATIENCE_S };
    setsockopt(reader->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(reader->fd, found->ai_addr, found->ai_addrlen) < 0)
        give_up(reader, g_strerror(errno));
    freeaddrinfo(found);
}

static char *md5(const char *text)
{
    return g_compute_checksum_for_string(G_CHECKSUM_MD5, text, -1);
}

// RFC 2069's form, without qop: what RTSP servers ask for.
static char *authorization(const Reader *reader, const char *method, const char *uri)
{
    if (!reader->nonce)
        return g_strdup("");
    g_autofree char *who =
        g_strdup_printf("%s:%s:%s", reader->user, reader->realm, reader->password);
    g_autofree char *what = g_strdup_printf("%s:%s", method, uri);
    g_autofree char *who_sum = md5(who), *what_sum = md5(what);
    g_autofree char *all = g_strdup_printf("%s:%s:%s", who_sum, reader->nonce, what_sum);
    g_autofree char *sum = md5(all);
    return g_strdup_printf("Authorization: Digest username=\"%s\", realm=\"%s\", nonce=\"%s\", "
                           "uri=\"%s\", response=\"%s\"\r\n",
                           reader->user, reader->realm, reader->nonce, uri, sum);
}

static void send_request(Reader *reader, const char *method, const char *uri, const char *headers)
{
    g_autofree char *who = authorization(reader, method, uri);
    g_autofree char *session =
        reader->session ? g_strdup_printf("Session: %s\r\n", reader->session) : g_strdup("");
    g_autofree char *text = g_strdup_printf("%s %s RTSP/1.0\r\nCSeq: %d\r\n%s%s%s\r\n", method, uri,
                                            ++reader->cseq, who, session, headers);
    if (send(reader->fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
        give_up(reader, "cannot send");
}

// A header's value up to the first of `ends`, or NULL.
static char *header_value(const char *answer, const char *name, const char *ends)
{
    g_autofree char *lead = g_strdup_printf("\r\n%s:", name);
    const char *at = strcasestr(answer, lead);
    if (!at)
        return NULL;
    at += strlen(lead);
    at += strspn(at, " ");
    return g_strndup(at, strcspn(at, ends));
}

static bool is_whole(const char *answer)
{
    const char *body = strstr(answer, "\r\n\r\n");
    g_autofree char *size = body ? header_value(answer, "Content-Length", "\r") : NULL;
    return body && strlen(body + 4) >= (size ? strtoul(size, NULL, 10) : 0);
}

// Nothing interleaved comes yet: it is read before PLAY only.
static char *read_answer(Reader *reader)
{
    char *answer = g_malloc0(ANSWER_MAX + 1);
    size_t n = 0;
    while (!is_whole(answer)) {
        ssize_t got = n < ANSWER_MAX ? recv(reader->fd, answer + n, ANSWER_MAX - n, 0) : 0;
        if (got <= 0)
            give_up(reader, "no answer");
        n += (size_t)got;
    }
    return answer;
}

static int answer_status(const char *answer)
{
    return g_str_has_prefix(answer, "RTSP/1.0 ") ? atoi(answer + 9) : 0;
}

static char *quoted(const char *text, const char *name)
{
    g_autofree char *lead = g_strdup_printf("%s=\"", name);
    const char *at = strstr(text, lead);
    return at ? g_strndup(at + strlen(lead), strcspn(at + strlen(lead), "\"")) : NULL;
}

static char *ask(Reader *reader, const char *method, const char *uri, const char *headers)
{
    send_request(reader, method, uri, headers);
    char *answer = read_answer(reader);
    if (answer_status(answer) == 401 && !reader->nonce && reader->user) {
        g_autofree char *first = answer;
        g_autofree char *challenge = header_value(answer, "WWW-Authenticate", "\r");
        reader->realm = challenge ? quoted(challenge, "realm") : NULL;
        reader->nonce = challenge ? quoted(challenge, "nonce") : NULL;
        if (!reader->nonce)
            give_up(reader, "asks for something else than digest");
        send_request(reader, method, uri, headers);
        answer = read_answer(reader);
    }
    if (answer_status(answer) != 200)
        give_up(reader, answer);
    return answer;
}

// The address of the SDP's first video track.
static char *track_uri(const Reader *reader, const char *answer)
{
    const char *video = strstr(answer, "\nm=video");
    const char *control = video ? strstr(video, "\na=control:") : NULL;
    if (!control)
        give_up(reader, "has no video");
    control += strlen("\na=control:");
    g_autofree char *name = g_strndup(control, strcspn(control, "\r\n"));
    if (g_str_has_prefix(name, "rtsp://"))
        return g_steal_pointer(&name);
    g_autofree char *base = header_value(answer, "Content-Base", "\r");
    const char *before = base ? base : reader->uri;
    return g_strdup_printf("%s%s%s", before, g_str_has_suffix(before, "/") ? "" : "/", name);
}

static gpointer open_stream(gpointer ctx)
{
    Reader *reader = ctx;
    connect_to_server(reader);
    g_autofree char *described =
        ask(reader, "DESCRIBE", reader->uri, "Accept: application/sdp\r\n");
    g_autofree char *track = track_uri(reader, described);
    g_autofree char *answer =
        ask(reader, "SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
    reader->session = header_value(answer, "Session", ";\r");
    send_request(reader, "PLAY", reader->uri, "Range: npt=0.000-\r\n");
    fcntl(reader->fd, F_SETFL, O_NONBLOCK);
    return NULL;
}

// Together, since a server may take a while to open each camera.
static void open_all(Reader *readers, int n)
{
    g_autofree GThread **threads = g_new0(GThread *, (gsize)n);
    for (int i = 0; i < n; i++)
        threads[i] = g_thread_new("open", open_stream, &readers[i]);
    for (int i = 0; i < n; i++)
        g_thread_join(threads[i]);
}

// --- The stream

static void take_packet(Reader *reader)
{
    size_t size = (size_t)reader->head[2] << 8 | reader->head[3];
    if (size < 4)
        give_up(reader, "sends packets without a header");
    reader->skip = size - 4;
    if (reader->head[1] != 0 || size < RTP_HEADER)
        return; // RTCP
    guint16 seq = (guint16)(reader->head[6] << 8 | reader->head[7]);
    if (reader->plays)
        reader->lost += (guint16)(seq - reader->next_seq);
    reader->next_seq = (guint16)(seq + 1);
    reader->bytes += size - RTP_HEADER;
    reader->plays = true;
}

static void take_answer_byte(Reader *reader, guint8 byte)
{
    reader->n_text_end =
        byte == (guint8) "\r\n\r\n"[reader->n_text_end] ? reader->n_text_end + 1 : (byte == '\r');
    if (reader->n_text_end == 4) {
        reader->in_answer = false;
        reader->n_text_end = 0;
    }
}

static void take_bytes(Reader *reader, const guint8 *bytes, size_t size)
{
    for (size_t i = 0; i < size;) {
        size_t n = MIN(reader->skip, size - i);
        if (n > 0) {
            reader->skip -= n;
            i += n;
        } else if (reader->in_answer || (reader->n_head == 0 && bytes[i] != '$')) {
            reader->in_answer = true;
            take_answer_byte(reader, bytes[i++]);
        } else {
            reader->head[reader->n_head++] = bytes[i++];
            if (reader->n_head == sizeof reader->head) {
                reader->n_head = 0;
                take_packet(reader);
            }
        }
    }
}

static void read_stream(Reader *reader)
{
    static guint8 buffer[1 << 18];
    ssize_t got = recv(reader->fd, buffer, sizeof buffer, 0);
    if (got > 0)
        take_bytes(reader, buffer, (size_t)got);
    else if (got == 0 || errno != EAGAIN)
        give_up(reader, "the connection ended");
}

static bool all_play(const Reader *readers, int n)
{
    int i = 0;
    while (i < n && readers[i].plays)
        i++;
    return i == n;
}

static void print_counts(const Reader *readers, int n)
{
    for (int i = 0; i < n; i++)
        printf("%s%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, i ? " " : "", readers[i].bytes,
               readers[i].lost);
    putchar('\n');
    fflush(stdout);
}

// False at the end of the input.
static bool answer_input(const Reader *readers, int n)
{
    char line[64];
    ssize_t got = read(0, line, sizeof line);
    if (got > 0)
        print_counts(readers, n);
    return got > 0;
}

static void keep_alive(Reader *readers, int n, gint64 *next_us)
{
    gint64 now = g_get_monotonic_time();
    if (now < *next_us)
        return;
    *next_us = now + KEEP_ALIVE_US;
    for (int i = 0; i < n; i++)
        send_request(&readers[i], "GET_PARAMETER", readers[i].uri, "");
}

static void read_all(Reader *readers, int n)
{
    g_autofree struct pollfd *polled = g_new0(struct pollfd, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        polled[i] = (struct pollfd){ .fd = readers[i].fd, .events = POLLIN };
    polled[n] = (struct pollfd){ .fd = 0, .events = POLLIN };
    gint64 next_us = g_get_monotonic_time() + KEEP_ALIVE_US;
    for (bool is_ready = false;;) {
        poll(polled, (nfds_t)n + 1, 1000);
        for (int i = 0; i < n; i++)
            if (polled[i].revents)
                read_stream(&readers[i]);
        if (!is_ready && all_play(readers, n)) {
            is_ready = true;
            puts("ready");
            fflush(stdout);
        }
        if (polled[n].revents && !answer_input(readers, n))
            return;
        keep_alive(readers, n, &next_us);
    }
}

int main(int argc, char **argv)
{
    int n = argc - 1;
    if (n < 1) {
        g_printerr("bench_reader URL...\n");
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    Reader *readers = g_new0(Reader, (gsize)n);
    for (int i = 0; i < n; i++)
        parse_url(&readers[i], argv[1 + i]);
    open_all(readers, n);
    read_all(readers, n);
    return 0;
}
