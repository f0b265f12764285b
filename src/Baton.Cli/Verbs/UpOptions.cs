using System.CommandLine;
using System.CommandLine.Parsing;
using Baton.Cli.Api;
using Baton.Cli.Output;
using Baton.Cluster.Model;
using Baton.Server.Engines;
using Baton.Server.Hosting;
using Baton.Server.Proxy.Io;

namespace Baton.Cli.Verbs;

/// <summary>The options of <c>baton up</c> and what they mean.</summary>
internal static class UpOptions
{
    private static readonly string[] PersistenceNames = ["none", "everysec", "always"];
    private static readonly string[] PolicyNames = ["single", "all-master-shards", "all-nodes"];

    private static readonly Option<int> Nodes = Number("--nodes", "Nodes.", 3);
    private static readonly Option<string> Name = Word("--name", "The cluster's domain name.", "cluster.local");
    private static readonly Option<string> Engine = Word(
        "--engine", "The engine: garnet (embedded), redis (redis-server processes).", "garnet", "garnet", "redis");
    private static readonly Option<string?> EnginePath = new("--engine-path")
        { Description = "redis-server or valkey-server. Default: found on PATH." };
    private static readonly Option<string> Persist = Word("--persist", "How engines write to disk.", "everysec", PersistenceNames);
    private static readonly Option<int> Port = Number("--port", "The first database's port; 0 = any free one.", 12000);
    private static readonly Option<int> Shards = Number("--shards", "The first database's masters.", 1);
    private static readonly Option<bool> Replication = new("--replication") { Description = "One replica per master (engine redis)." };
    private static readonly Option<string> Memory = Word("--memory", "The first database's size over all shards.", "1GB");
    private static readonly Option<string?> Policy = new("--proxy-policy")
        { Description = "Which proxies serve the first database. Default: single." };
    private static readonly Option<string> Placement = Word(
        "--placement", "How the first database's shards are spread.", "dense", "dense", "sparse");
    private static readonly Option<string?> PasswordFile = new("--db-password-file")
    {
        Description = "File with the first database's password (or BATON_DB_PASSWORD). Default: none.",
    };

    private static readonly Option<bool> NoDatabase = new("--no-db") { Description = "Start without a database." };
    private static readonly Option<int> RestPort = Number("--rest-port", "The API's port; 0 = any free one.", 9443);
    private static readonly Option<string> RestAddress = Word("--rest-address", "Where the API listens.", "localhost");
    private static readonly Option<string[]> NodeAddress = Words("--node-address", "Addresses of the nodes, one each, or one for all.");
    private static readonly Option<string[]> ExternalAddress =
        Words("--external-address", "Addresses of the nodes as seen from outside, one each.");
    private static readonly Option<bool> Notifications = new("--notifications")
        { Description = "Start with client_maint_notifications on." };
    private static readonly Option<int> DelayMs = Number("--delay-ms", "state_machine_smart_client_handoffs_delay_ms.", 2000);
    private static readonly Option<int> GraceSeconds = Number("--grace-seconds", "endpoint_rebind_propagation_grace_time.", 15);
    private static readonly Option<int> Loops = Number("--loops", "Event loops of the data path; 0 = one per core.", 0);
    private static readonly Option<string?> BufferMemory = new("--buffer-memory")
    {
        Description = "What all clients' waiting commands and replies may take together. Default: half of the memory there is.",
    };

    private static readonly Option<string> Driver =
        Word("--driver", "What moves the sockets.", "automatic", "automatic", "epoll", "portable");

    private static readonly Option<string[]> AcceptLoss = new("--accept-loss")
    {
        Description = "Databases that may begin empty where data they were to keep is gone.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true,
    };

    static UpOptions() => Policy.AcceptOnlyFromAmong(PolicyNames);

    public static void AddTo(Command command)
    {
        Option[] all =
        [
            Nodes, Name, Engine, EnginePath, Persist, Port, Shards, Replication, Memory, Policy, Placement, PasswordFile,
            NoDatabase, RestPort,
            RestAddress, NodeAddress, ExternalAddress, Notifications, DelayMs, GraceSeconds, Loops, BufferMemory, Driver, AcceptLoss,
            ApiOptions.Json,
        ];
        Array.ForEach(all, command.Options.Add);
    }

    /// <exception cref="ApiException">A value cannot be read.</exception>
    public static ClusterHostOptions Read(ParseResult parsed) => new()
    {
        DataDirectory = parsed.GetValue(ApiOptions.Data)!,
        Nodes = parsed.GetValue(Nodes),
        ClusterName = parsed.GetValue(Name)!,
        NodeAddresses = parsed.GetValue(NodeAddress) ?? [],
        ExternalAddresses = parsed.GetValue(ExternalAddress) ?? [],
        Engine = parsed.GetValue(Engine) == "redis" ? EngineKind.Redis : EngineKind.Garnet,
        EnginePath = parsed.GetValue(EnginePath),
        Persistence = (PersistenceMode)Array.IndexOf(PersistenceNames, parsed.GetValue(Persist)),
        Database = parsed.GetValue(NoDatabase) ? null : ReadDatabase(parsed),
        RestAddress = parsed.GetValue(RestAddress)!,
        RestPort = parsed.GetValue(RestPort),
        Users = ApiOptions.Users(parsed).Select(ApiAddress.Split)
            .GroupBy(user => user.Name).ToDictionary(user => user.Key, user => user.Last().Password),
        MaintenanceNotifications = parsed.GetValue(Notifications),
        HandoffsDelayMs = parsed.GetValue(DelayMs),
        GraceSeconds = parsed.GetValue(GraceSeconds),
        Loops = parsed.GetValue(Loops),
        MaxBufferedBytes = parsed.GetValue(BufferMemory) is { } buffers
            ? ByteSize.Parse(buffers) ?? throw new ApiException($"--buffer-memory is \"{buffers}\"; it looks like 512MB.")
            : 0,
        Driver = Enum.Parse<ProxyDriverKind>(parsed.GetValue(Driver)!, ignoreCase: true),
        AcceptedLosses = (parsed.GetValue(AcceptLoss) ?? []).ToHashSet(StringComparer.Ordinal),
        Rehearse = true,
        AskedFor = StoredSettings.Names.Where(name => IsGiven(parsed, name)).ToHashSet(StringComparer.Ordinal),
    };

    private static FirstDatabase ReadDatabase(ParseResult parsed) => new()
    {
        Port = parsed.GetValue(Port),
        Shards = parsed.GetValue(Shards),
        Replication = parsed.GetValue(Replication),
        MemorySize = ByteSize.Parse(parsed.GetValue(Memory)!)
            ?? throw new ApiException($"--memory is \"{parsed.GetValue(Memory)}\"; it looks like 512MB."),
        ProxyPolicy = parsed.GetValue(Policy) is { } policy ? (ProxyPolicy)Array.IndexOf(PolicyNames, policy) : null,
        Placement = parsed.GetValue(Placement) == "sparse" ? ShardsPlacement.Sparse : ShardsPlacement.Dense,
        Password = ReadPassword(parsed.GetValue(PasswordFile)),
    };

    private static string? ReadPassword(string? file)
    {
        try
        {
            return file is not null
                ? File.ReadAllText(file).TrimEnd('\r', '\n')
                : Environment.GetEnvironmentVariable("BATON_DB_PASSWORD") is { Length: > 0 } password ? password : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiException($"--db-password-file: {e.Message}", e);
        }
    }

    private static bool IsGiven(ParseResult parsed, string name) => parsed.GetResult($"--{name}") is OptionResult { Implicit: false };

    private static Option<int> Number(string name, string description, int value) =>
        new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };

    private static Option<string[]> Words(string name, string description) =>
        new(name) { Description = description, HelpName = "ADDRESS", AllowMultipleArgumentsPerToken = true };

    private static Option<string> Word(string name, string description, string value, params string[] allowed)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => value };
        if (allowed.Length > 0)
        {
            option.AcceptOnlyFromAmong(allowed);
        }

        return option;
    }
}
