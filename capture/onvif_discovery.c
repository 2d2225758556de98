// SPDX-License-Identifier: Apache-2.0
#include "capture/onvif_discovery.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "capture/onvif_address.h"
#include "capture/onvif_soap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <libxml/parser.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { PORT = 3702, NETWORKS_MAX = 16, AGAIN_MS = 600, ENDPOINT_MAX = 256, ANSWERS_MAX = 2000 };
#define GROUP "239.255.255.250"

// --- what is said

char *onvif_probe_text(const char *id)
{
    return g_strdup_printf(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
        "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\""
        " xmlns:w=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
        " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\""
        " xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\">"
        "<e:Header><w:MessageID>uuid:%s</w:MessageID>"
        "<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>"
        "<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>"
        "<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body>"
        "</e:Envelope>",
        id);
}

// --- what is answered

static void read_scopes(const char *scopes, OnvifMatch *match)
{
    const struct {
        const char *prefix;
        char **field;
    } rows[] = { { "onvif://www.onvif.org/name/", &match->name },
                 { "onvif://www.onvif.org/hardware/", &match->hardware } };
    g_auto(GStrv) list = g_strsplit_set(scopes, " \t\r\n", -1);
    for (char **scope = list; *scope; scope++)
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
            if (!*rows[i].field && g_str_has_prefix(*scope, rows[i].prefix)) {
                g_autofree char *text =
                    g_uri_unescape_string(*scope + strlen(rows[i].prefix), NULL);
                *rows[i].field = soap_shown(text);
            }
}

static bool read_match(xmlNode *root, const char *id, OnvifMatch *match)
{
    g_autofree char *relates = soap_text(root, "RelatesTo", ENDPOINT_MAX);
    xmlNode *found = soap_below(root, "ProbeMatch");
    if (!found || !relates || !g_str_has_suffix(relates, id))
        return false;
    g_autofree char *scopes = soap_text(found, "Scopes", ONVIF_ANSWER_MAX);
    match->endpoint = soap_text(found, "Address", ENDPOINT_MAX);
    match->services = soap_text(found, "XAddrs", ONVIF_ANSWER_MAX);
    if (scopes)
        read_scopes(scopes, match);
    return match->endpoint && *match->endpoint;
}

bool onvif_match_parse(const char *bytes, size_t size, const char *id, OnvifMatch *ret_match)
{
    *ret_match = (OnvifMatch){ 0 };
    xmlDoc *document = soap_parse(bytes, size, ONVIF_ANSWER_MAX);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    bool ok = root && read_match(root, id, ret_match);
    xmlFreeDoc(document);
    if (!ok)
        onvif_match_done(ret_match);
    return ok;
}

char *onvif_match_address(const OnvifMatch *match, const char *from)
{
    g_auto(OnvifAddress) reached = { .host = g_strdup(from) };
    g_auto(GStrv) told = g_strsplit_set(match->services ? match->services : "", " \t\r\n", -1);
    for (char **one = told; *one; one++) {
        g_auto(OnvifAddress) address = { 0 };
        if (onvif_address_parse(*one, &address) && onvif_is_host(&reached, NULL, address.host))
            return onvif_address_url(&address);
    }
    return g_strdup(from);
}

void onvif_match_done(OnvifMatch *match)
{
    g_clear_pointer(&match->endpoint, g_free);
    g_clear_pointer(&match->name, g_free);
    g_clear_pointer(&match->hardware, g_free);
    g_clear_pointer(&match->services, g_free);
}

// --- the networks

typedef struct {
    struct pollfd sockets[NETWORKS_MAX];
    nfds_t n;
    char *id, *probe;
    GHashTable *endpoints; // set of char *
    GPtrArray *devices;    // json_t *
    unsigned answers;
} Search;

// A socket that sends into one network alone. Negative errno.
static int open_network(struct in_addr address)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr = address };
    if (fd < 0)
        return -errno;
    if (bind(fd, (struct sockaddr *)&local, sizeof local) < 0 ||
        setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &address, sizeof address) < 0) {
        int err = -errno;
        close(fd);
        return err;
    }
    return fd;
}

static bool is_network(const struct ifaddrs *interface)
{
    unsigned wanted = IFF_UP | IFF_MULTICAST;
    return interface->ifa_addr && interface->ifa_addr->sa_family == AF_INET &&
           (interface->ifa_flags & wanted) == wanted && !(interface->ifa_flags & IFF_LOOPBACK);
}

static void open_networks(Search *search)
{
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) < 0)
        return;
    for (struct ifaddrs *one = all; one && search->n < NETWORKS_MAX; one = one->ifa_next) {
        if (!is_network(one))
            continue;
        int fd = open_network(((struct sockaddr_in *)(void *)one->ifa_addr)->sin_addr);
        if (fd >= 0)
            search->sockets[search->n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
    }
    freeifaddrs(all);
}

static void ask(const Search *search)
{
    struct sockaddr_in group = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    inet_pton(AF_INET, GROUP, &group.sin_addr);
    for (nfds_t i = 0; i < search->n; i++)
        sendto(search->sockets[i].fd, search->probe, strlen(search->probe), 0,
               (struct sockaddr *)&group, sizeof group);
}

static void take_answer(Search *search, const char *bytes, size_t size, struct in_addr from)
{
    g_auto(OnvifMatch) match = { 0 };
    if (search->devices->len >= ONVIF_DEVICES_MAX ||
        !onvif_match_parse(bytes, size, search->id, &match) ||
        !g_hash_table_add(search->endpoints, g_strdup(match.endpoint)))
        return;
    char host[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, &from, host, sizeof host);
    g_autofree char *address = onvif_match_address(&match, host);
    g_ptr_array_add(search->devices,
                    json_pack("{s:s, s:s, s:s?, s:s?}", "host", host, "address", address, "name",
                              match.name, "hardware", match.hardware));
}

static void read_answers(Search *search, int fd, char *buffer)
{
    for (;;) {
        struct sockaddr_in from = { 0 };
        socklen_t size = sizeof from;
        ssize_t n = recvfrom(fd, buffer, ONVIF_ANSWER_MAX + 1, 0, (struct sockaddr *)&from, &size);
        if (n < 0 || ++search->answers > ANSWERS_MAX)
            return;
        take_answer(search, buffer, (size_t)n, from.sin_addr);
    }
}

static void search_networks(Search *search)
{
    int64_t begun_ms = clock_mono_ms(), until_ms = begun_ms + ONVIF_WAIT_MS;
    bool is_repeated = false;
    g_autofree char *buffer = g_malloc(ONVIF_ANSWER_MAX + 1);
    ask(search);
    for (int64_t now_ms = begun_ms; now_ms < until_ms && search->answers <= ANSWERS_MAX;
         now_ms = clock_mono_ms()) {
        if (!is_repeated && now_ms >= begun_ms + AGAIN_MS) { // datagrams get lost
            ask(search);
            is_repeated = true;
        }
        int wait_ms = (int)((is_repeated ? until_ms : begun_ms + AGAIN_MS) - now_ms);
        if (poll(search->sockets, search->n, MAX(wait_ms, 1)) <= 0)
            continue;
        for (nfds_t i = 0; i < search->n; i++)
            if (search->sockets[i].revents)
                read_answers(search, search->sockets[i].fd, buffer);
    }
}

static guint32 host_number(const json_t *device)
{
    struct in_addr address = { 0 };
    inet_pton(AF_INET, json_string_value(json_object_get(device, "host")), &address);
    return ntohl(address.s_addr);
}

static gint compare_hosts(gconstpointer a, gconstpointer b)
{
    guint32 x = host_number(*(json_t *const *)a), y = host_number(*(json_t *const *)b);
    return x < y ? -1 : x > y;
}

// {"devices":[...],"networks":n}
static json_t *discover(void)
{
    Search search = { .id = secret_uuid(),
                      .endpoints = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                      .devices = g_ptr_array_new() };
    search.probe = onvif_probe_text(search.id);
    open_networks(&search);
    if (search.n > 0)
        search_networks(&search);
    g_ptr_array_sort(search.devices, compare_hosts);
    json_t *devices = json_array();
    for (guint i = 0; i < search.devices->len; i++)
        json_array_append_new(devices, search.devices->pdata[i]);
    for (nfds_t i = 0; i < search.n; i++)
        close(search.sockets[i].fd);
    log_info("discovery: %u devices, %u answers in %d networks", search.devices->len,
             search.answers, (int)search.n);
    g_ptr_array_unref(search.devices);
    g_hash_table_unref(search.endpoints);
    g_free(search.probe);
    g_free(search.id);
    return json_pack("{s:o, s:i}", "devices", devices, "networks", (int)search.n);
}

// --- as a route

struct OnvifDiscovery {
    gint n; // atomic
};

OnvifDiscovery *onvif_discovery_new(void)
{
    xmlInitParser(); // before there are threads
    return g_new0(OnvifDiscovery, 1);
}

void onvif_discovery_free(OnvifDiscovery *discovery)
{
    g_free(discovery);
}

void onvif_discovery_post(HttpRequest *request, OnvifDiscovery *discovery)
{
    if (g_atomic_int_add(&discovery->n, 1) > 0)
        http_reply_error(request, 503, "busy",
                         "Cameras are just being looked for. Try again in a moment.");
    else
        http_reply_json(request, 200, discover());
    g_atomic_int_add(&discovery->n, -1);
}
