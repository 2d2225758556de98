// SPDX-License-Identifier: Apache-2.0
#include "capture/onvif_soap.h"

#include <libxml/parser.h>
#include <sodium.h>
#include <string.h>

enum { NONCE_BYTES = 16, REASON_MAX = 1000 };

#define WSSE "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"

// --- what is said

// Base64 of SHA-1 of nonce, time and password (UsernameToken profile 1.0, 3.1).
static char *password_digest(const guchar *nonce, const char *created, const char *password)
{
    guchar digest[20];
    gsize size = sizeof digest;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA1);
    g_checksum_update(sum, nonce, NONCE_BYTES);
    g_checksum_update(sum, (const guchar *)created, -1);
    g_checksum_update(sum, (const guchar *)password, -1);
    g_checksum_get_digest(sum, digest, &size);
    return g_base64_encode(digest, size);
}

static char *created_text(int64_t at_ms)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / 1000);
    return at ? g_date_time_format(at, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
}

static char *security_header(const SoapLogin *login)
{
    guchar nonce[NONCE_BYTES];
    randombytes_buf(nonce, sizeof nonce);
    g_autofree char *created = created_text(login->at_ms);
    g_autofree char *digest = password_digest(nonce, created, login->password);
    g_autofree char *coded = g_base64_encode(nonce, sizeof nonce);
    return g_markup_printf_escaped(
        "<e:Header><s:Security e:mustUnderstand=\"true\" xmlns:s=\"" WSSE
        "wssecurity-secext-1.0.xsd\" xmlns:u=\"" WSSE "wssecurity-utility-1.0.xsd\">"
        "<s:UsernameToken><s:Username>%s</s:Username>"
        "<s:Password Type=\"" WSSE "username-token-profile-1.0#PasswordDigest\">%s</s:Password>"
        "<s:Nonce EncodingType=\"" WSSE "soap-message-security-1.0#Base64Binary\">%s</s:Nonce>"
        "<u:Created>%s</u:Created></s:UsernameToken></s:Security></e:Header>",
        login->user, digest, coded, created);
}

char *soap_request(const char *body, const SoapLogin *login)
{
    g_autofree char *header = login ? security_header(login) : g_strdup("");
    return g_strconcat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                       "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\">",
                       header, "<e:Body>", body, "</e:Body></e:Envelope>", NULL);
}

// --- what is answered

xmlDoc *soap_parse(const char *bytes, size_t size, size_t max)
{
    if (size == 0 || size > max)
        return NULL;
    xmlDoc *document = xmlReadMemory(bytes, (int)size, "answer", NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    // A SOAP message has no document type (SOAP 1.2, 5): whoever sends one means no good.
    if (!document || !xmlGetIntSubset(document))
        return document;
    xmlFreeDoc(document);
    return NULL;
}

static bool is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

bool soap_answer_parse(const char *bytes, size_t size, SoapAnswer *ret_answer)
{
    *ret_answer = (SoapAnswer){ .document = soap_parse(bytes, size, SOAP_ANSWER_MAX) };
    xmlNode *root = ret_answer->document ? xmlDocGetRootElement(ret_answer->document) : NULL;
    xmlNode *body = root && is_named(root, "Envelope") ? soap_next(root->children, "Body") : NULL;
    ret_answer->content = body ? xmlFirstElementChild(body) : NULL;
    if (!ret_answer->content) {
        soap_answer_done(ret_answer);
        return false;
    }
    ret_answer->is_fault = is_named(ret_answer->content, "Fault");
    return true;
}

void soap_answer_done(SoapAnswer *answer)
{
    g_clear_pointer(&answer->document, xmlFreeDoc);
    answer->content = NULL;
}

bool soap_is_locked(const char *text)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);
    for (const char *at = lower; (at = strstr(at, "lock")); at++)
        if (at == lower || !g_ascii_isalpha(at[-1]) || g_str_has_prefix(at, "locked"))
            return true;
    return false;
}

// Codes are qualified names (ter:NotAuthorized); what they mean stands in their last part, and
// where a maker has none of his own, in the reason.
SoapFault soap_fault(const SoapAnswer *answer)
{
    static const struct {
        const char *part;
        SoapFault fault;
    } rows[] = {
        { "notauthorized", FAULT_LOGIN },           { "failedauthentication", FAULT_LOGIN },
        { "not authorized", FAULT_LOGIN },          { "unauthorized", FAULT_LOGIN },
        { "invalidsecurity", FAULT_LOGIN },         { "authentication failed", FAULT_LOGIN },
        { "operationprohibited", FAULT_FORBIDDEN },
    };
    xmlChar *content = xmlNodeGetContent(answer->content);
    g_autofree char *lower = g_ascii_strdown(content ? (const char *)content : "", -1);
    xmlFree(content);
    if (strlen(lower) > REASON_MAX)
        lower[REASON_MAX] = '\0';
    if (soap_is_locked(lower))
        return FAULT_LOCKED;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strstr(lower, rows[i].part))
            return rows[i].fault;
    return FAULT_OTHER;
}

// --- its parts

xmlNode *soap_next(xmlNode *node, const char *name)
{
    while (node && !is_named(node, name))
        node = node->next;
    return node;
}

// libxml2 takes nothing deeper than 256.
xmlNode *soap_below(xmlNode *node, const char *name) // NOLINT(misc-no-recursion)
{
    for (xmlNode *child = node ? node->children : NULL; child; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        xmlNode *found = is_named(child, name) ? child : soap_below(child, name);
        if (found)
            return found;
    }
    return NULL;
}

char *soap_text(xmlNode *node, const char *name, size_t max)
{
    xmlNode *found = soap_below(node, name);
    xmlChar *content = found ? xmlNodeGetContent(found) : NULL;
    g_autofree char *text = content ? g_strstrip(g_strdup((const char *)content)) : NULL;
    xmlFree(content);
    return text && strlen(text) <= max ? g_steal_pointer(&text) : NULL;
}

char *soap_shown(const char *text)
{
    if (!text || !*text || !g_utf8_validate(text, -1, NULL))
        return NULL;
    for (const char *at = text; *at; at = g_utf8_next_char(at))
        if (!g_unichar_isprint(g_utf8_get_char(at)))
            return NULL;
    return g_utf8_strlen(text, -1) > SOAP_TEXT_MAX ? g_utf8_substring(text, 0, SOAP_TEXT_MAX)
                                                   : g_strdup(text);
}

char *soap_words(xmlNode *node, const char *name)
{
    g_autofree char *text = soap_text(node, name, SOAP_ANSWER_MAX);
    return soap_shown(text);
}

double soap_number(xmlNode *node, const char *name, double max)
{
    g_autofree char *text = soap_text(node, name, 32);
    double number = text ? g_ascii_strtod(text, NULL) : 0;
    return number > 0 && number <= max ? number : 0; // no NaN either
}
