using System.Text.Json.Nodes;

namespace Baton.Cli.Output;

/// <summary>Nodes, databases, endpoints and shards, in the manner of <c>rladmin status</c>. Pure: JSON of the API in, text out.</summary>
internal static class StatusText
{
    /// <summary>What is wrong with the whole cluster, then the four tables, or those asked for.</summary>
    public static string Render(ClusterView view, IReadOnlyCollection<string> sections)
    {
        var parts = new List<string>();
        parts.AddRange(view.Alarms.Select(alarm => $"ALARM {Text(alarm, "name")}, since {Text(alarm, "since")}: {Text(alarm, "reason")}\n"));
        Add("nodes", "CLUSTER NODES:", Nodes);
        Add("databases", "DATABASES:", Databases);
        Add("endpoints", "ENDPOINTS:", Endpoints);
        Add("shards", "SHARDS:", Shards);
        return string.Join('\n', parts);

        void Add(string section, string title, Func<ClusterView, TextTable> table)
        {
            if (sections.Count == 0 || sections.Contains(section))
            {
                parts.Add($"{title}\n{table(view)}");
            }
        }
    }

    private static TextTable Nodes(ClusterView view)
    {
        var table = new TextTable(
            "NODE:ID", "ROLE", "ADDRESS", "EXTERNAL_ADDRESS", "HOSTNAME", "SHARDS", "CORES", "FREE_RAM", "VERSION", "STATUS");
        foreach (var node in view.Nodes)
        {
            var uid = Text(node, "uid");
            var status = view.NodeStatus[uid]!;
            var master = Text(status, "role") == "master";
            table.Add(
                (master ? "*node:" : "node:") + uid, Text(status, "role"), Text(node, "addr"),
                string.Join(',', node!["external_addr"]!.AsArray().Select(address => (string)address!)), Text(status, "hostname"),
                $"{Text(node, "shard_count")}/{Text(node, "max_redis_servers")}", Text(node, "cores"),
                $"{ByteSize.Of((long)status["free_ram"]!)}/{ByteSize.Of((long)status["total_memory"]!)}", Text(node, "software_version"),
                Text(node, "status") == "active" ? "OK" : Text(node, "status").ToUpperInvariant());
        }

        return table;
    }

    private static TextTable Databases(ClusterView view)
    {
        var table = new TextTable("DB:ID", "NAME", "TYPE", "STATUS", "SHARDS", "PLACEMENT", "REPLICATION", "PERSISTENCE", "ENDPOINT");
        foreach (var database in view.Databases)
        {
            table.Add(
                $"db:{Text(database, "uid")}", Text(database, "name"), "redis", Text(database, "status"),
                Text(database, "shards_count"), Text(database, "shards_placement"),
                (bool)database!["replication"]! ? "enabled" : "disabled", Text(database, "data_persistence"),
                $"{Text(database["endpoints"]![0], "dns_name")}:{Text(database, "port")}");
        }

        return table;
    }

    private static TextTable Endpoints(ClusterView view)
    {
        var table = new TextTable("DB:ID", "NAME", "ID", "NODE", "ROLE", "SSL");
        foreach (var endpoint in view.Endpoints)
        {
            table.Add(
                $"db:{Text(endpoint, "bdb_uid")}", Text(endpoint, "bdb_name"), $"endpoint:{Text(endpoint, "uid")}",
                $"node:{Text(endpoint, "node_uid")}", Text(endpoint, "role"), (bool)endpoint!["ssl"]! ? "Yes" : "No");
        }

        return table;
    }

    private static TextTable Shards(ClusterView view)
    {
        var table = new TextTable("DB:ID", "NAME", "ID", "NODE", "ROLE", "SLOTS", "USED_MEMORY", "STATUS");
        foreach (var shard in view.Shards)
        {
            var database = view.Databases.FirstOrDefault(one => Text(one, "uid") == Text(shard, "bdb_uid"));
            var memory = shard!["redis_info"]?["used_memory"];
            var ok = Text(shard, "status") == "active" && Text(shard, "detailed_status") == "ok";
            table.Add(
                $"db:{Text(shard, "bdb_uid")}", database is null ? "" : Text(database, "name"), $"redis:{Text(shard, "uid")}",
                $"node:{Text(shard, "node_uid")}", Text(shard, "role"), Text(shard, "assigned_slots"),
                memory is null ? "-" : ByteSize.Of((long)memory), ok ? "OK" : Text(shard, "detailed_status").ToUpperInvariant());
        }

        return table;
    }

    private static string Text(JsonNode? node, string field) => node?[field]?.ToString() ?? string.Empty;
}
