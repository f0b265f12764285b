using System.Text.Json.Nodes;
using Baton.Cli.Output;
using Xunit;

namespace Baton.Integration.Tests.Cli;

public sealed class StatusTextTests
{
    private static readonly ClusterView View = new(
        Nodes: Parse("""
            [
              {"uid": 1, "addr": "127.0.0.11", "external_addr": [], "shard_count": 2, "max_redis_servers": 100, "cores": 8,
               "software_version": "0.1.0", "status": "active"},
              {"uid": 2, "addr": "127.0.0.12", "external_addr": ["203.0.113.2"], "shard_count": 0, "max_redis_servers": 100, "cores": 8,
               "software_version": "0.1.0", "status": "active"}
            ]
            """).AsArray(),
        NodeStatus: Parse("""
            {
              "1": {"role": "master", "hostname": "node1.cluster.test", "free_ram": 4294967296, "total_memory": 8589934592},
              "2": {"role": "slave", "hostname": "node2.cluster.test", "free_ram": 4294967296, "total_memory": 8589934592}
            }
            """),
        Databases: Parse("""
            [{"uid": 3, "name": "db3", "engine": "redis", "status": "active", "shards_count": 1, "shards_placement": "dense", "replication": true,
              "data_persistence": "aof", "port": 11103, "endpoints": [{"dns_name": "redis-11103.cluster.test"}]}]
            """).AsArray(),
        Endpoints: Parse("""
            [{"bdb_uid": 3, "bdb_name": "db3", "uid": "3:1", "node_uid": "1", "role": "all-nodes", "ssl": false},
             {"bdb_uid": 3, "bdb_name": "db3", "uid": "3:1", "node_uid": "2", "role": "all-nodes", "ssl": false}]
            """).AsArray(),
        Shards: Parse("""
            [{"uid": "4", "bdb_uid": 3, "node_uid": "1", "role": "master", "assigned_slots": "0-16383", "status": "active",
              "detailed_status": "ok", "redis_info": {"used_memory": 2181038}},
             {"uid": "5", "bdb_uid": 3, "node_uid": "2", "role": "slave", "assigned_slots": "0-16383", "status": "active",
              "detailed_status": "timeout"}]
            """).AsArray());

    [Fact]
    public void All_four_tables_are_shown_as_rladmin_shows_them()
    {
        const string Expected = """
            CLUSTER NODES:
            NODE:ID  ROLE    ADDRESS     EXTERNAL_ADDRESS  HOSTNAME            SHARDS  CORES  FREE_RAM  VERSION  STATUS
            *node:1  master  127.0.0.11                    node1.cluster.test  2/100   8      4GB/8GB   0.1.0    OK
            node:2   slave   127.0.0.12  203.0.113.2       node2.cluster.test  0/100   8      4GB/8GB   0.1.0    OK

            DATABASES:
            DB:ID  NAME  TYPE   STATUS  SHARDS  PLACEMENT  REPLICATION  PERSISTENCE  ENDPOINT
            db:3   db3   redis  active  1       dense      enabled      aof          redis-11103.cluster.test:11103

            ENDPOINTS:
            DB:ID  NAME  ID            NODE    ROLE       SSL
            db:3   db3   endpoint:3:1  node:1  all-nodes  No
            db:3   db3   endpoint:3:1  node:2  all-nodes  No

            SHARDS:
            DB:ID  NAME  ID       NODE    ROLE    SLOTS    USED_MEMORY  STATUS
            db:3   db3   redis:4  node:1  master  0-16383  2.08MB       OK
            db:3   db3   redis:5  node:2  slave   0-16383  -            TIMEOUT

            """;

        Assert.Equal(Expected, StatusText.Render(View, []));
    }

    [Fact]
    public void Sections_can_be_chosen()
    {
        var text = StatusText.Render(View, ["endpoints"]);

        Assert.StartsWith("ENDPOINTS:\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SHARDS:", text, StringComparison.Ordinal);
    }

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;
}
