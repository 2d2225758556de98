// SPDX-License-Identifier: Apache-2.0
#include "demo/demo.h"
#include "demo/plan.h"
#include <glib.h>
#include <string.h>

#define USAGE "config --dir DIR: write the demonstration hall's hallwatch.yaml"

static int write_config(int argc, char **argv)
{
    g_autofree char *folder = NULL, *address = NULL;
    PlanPorts ports = { 8443, 8883, 1883, 8554, 18554 };
    const GOptionEntry entries[] = {
        { "dir", 0, 0, G_OPTION_ARG_FILENAME, &folder, "folder for hallwatch.yaml", "DIR" },
        { "address", 0, 0, G_OPTION_ARG_STRING, &address, "where the box listens (0.0.0.0)", "IP" },
        { "door-port", 0, 0, G_OPTION_ARG_INT, &ports.door, "HTTPS (8443)", "PORT" },
        { "broker-port", 0, 0, G_OPTION_ARG_INT, &ports.broker, "MQTT over TLS (8883)", "PORT" },
        { "plain-port", 0, 0, G_OPTION_ARG_INT, &ports.broker_plain, "MQTT, loopback (1883)",
          "PORT" },
        { "relay-port", 0, 0, G_OPTION_ARG_INT, &ports.relay, "RTSP relay (8554)", "PORT" },
        { "camera-port", 0, 0, G_OPTION_ARG_INT, &ports.camera,
          "first of four simulated cameras' ports (18554)", "PORT" },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || !folder) {
        g_printerr("%s\n", error ? error->message : "--dir is needed; see --help");
        return 2;
    }
    int err = plan_write_config(folder, address ? address : "0.0.0.0", &ports);
    if (err)
        g_printerr("%s/hallwatch.yaml cannot be written: %s\n", folder, g_strerror(-err));
    return err ? 1 : 0;
}

int demo_main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "config") == 0)
        return write_config(argc - 1, argv + 1);
    g_printerr("hallwatch demo %s\n", USAGE);
    return 2;
}
