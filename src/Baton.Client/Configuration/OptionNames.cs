namespace Baton.Client;

/// <summary>All options that text can set, by their names: our own, those of StackExchange.Redis, and those of the properties.</summary>
internal static class OptionNames
{
    /// <summary>What StackExchange.Redis also has, and why there is nothing to set here.</summary>
    private static readonly Dictionary<string, string> Meaningless = new(StringComparer.OrdinalIgnoreCase)
    {
        ["abortConnect"] = "RedisClient.ConnectAsync fails when there is no server, RedisClient.Create connects in the background",
        ["allowAdmin"] = "every command is allowed",
        ["channelPrefix"] = "write channel names in full",
        ["checkCertificateRevocation"] = "set Tls.ValidateCertificate in code",
        ["configChannel"] = "nothing is broadcast between clients",
        ["configCheckSeconds"] = "there is nothing to check",
        ["connectRetry"] = "connecting is tried again until it works: see reconnectDelay",
        ["highIntegrity"] = "replies are matched by order",
        ["heartbeatInterval"] = "limits are checked every 25 ms",
        ["proxy"] = "commands are not restricted",
        ["resolveDns"] = "names are looked up at every connect",
        ["serviceName"] = "Sentinel is not supported",
        ["setlib"] = "the library's name is always told",
        ["tiebreaker"] = "there is one server",
        ["tunnel"] = "tunnels are not supported",
        ["version"] = "the server tells its version",
        ["writeBuffer"] = "see maxBufferedBytes",
    };

    private static readonly Dictionary<string, OptionName> ByName = Collect();

    /// <summary>The option of this name, in any case; null when there is none.</summary>
    public static OptionName? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Why an option of StackExchange.Redis has no meaning here; null when it is none of those.</summary>
    public static string? WhyMeaningless(string name) => Meaningless.GetValueOrDefault(name);

    private static Dictionary<string, OptionName> Collect()
    {
        var names = new Dictionary<string, OptionName>(StringComparer.OrdinalIgnoreCase);
        AddConnection(names);
        AddLimits(names);
        AddMaintenance(names);
        return names;
    }

    private static void AddConnection(Dictionary<string, OptionName> names)
    {
        Add(names, ["user", "username"], static (builder, value) => builder.Options = builder.Options with { User = value });
        Add(names, ["password"], static (builder, value) => builder.Options = builder.Options with { Password = value });
        Add(names, ["db", "database", "defaultDatabase"], static (builder, value) =>
            builder.Options = builder.Options with { Database = (int)OptionText.Number(value, 0, 65535) });
        Add(names, ["clientName", "name"], static (builder, value) => builder.Options = builder.Options with { ClientName = value });
        Add(names, ["ssl", "tls"], static (builder, value) =>
        {
            var usesTls = OptionText.Boolean(value);
            builder.UsesTls = builder.UsesTls == true && !usesTls
                ? throw new FormatException("contradicts rediss://: use redis:// for a connection without TLS")
                : usesTls;
        });
        Add(names, ["sslHost", "tlsServerName"], static (builder, value) => builder.TlsServerName = value);
        Add(names, ["sslProtocols", "tlsProtocols"], static (builder, value) => builder.TlsProtocols = OptionText.TlsVersions(value));
        Add(names, ["protocol"], static (builder, value) => builder.Options = builder.Options with
        {
            Protocol = OptionText.OneOf(
                value,
                ("auto", RedisProtocol.Auto),
                ("resp2", RedisProtocol.Resp2),
                ("2", RedisProtocol.Resp2),
                ("resp3", RedisProtocol.Resp3),
                ("3", RedisProtocol.Resp3)),
        });
    }

    private static void AddLimits(Dictionary<string, OptionName> names)
    {
        Add(names, ["connectTimeout"], static (options, time) => options with { ConnectTimeout = time });
        Add(names, ["commandTimeout", "syncTimeout"], static (options, time) => options with { CommandTimeout = time });
        Add(names, ["asyncTimeout"], static (options, time) => options with { CommandTimeout = time });
        Add(names, ["blockingMargin"], static (options, time) => options with { BlockingMargin = time });
        Add(names, ["reconnectDelay"], static (options, time) => options with { ReconnectDelay = time });
        Add(names, ["maxReconnectDelay"], static (options, time) => options with { MaxReconnectDelay = time });
        Add(names, ["keepAlive"], static (builder, value) =>
            builder.Options = builder.Options with { KeepAlive = OptionText.Time(value, TimeSpan.FromSeconds(1)) });
        Add(names, ["maxBufferedBytes"], static (builder, value) =>
            builder.Options = builder.Options with { MaxBufferedBytes = OptionText.Number(value, 1, long.MaxValue) });
        Add(names, ["maxReplyBytes"], static (builder, value) =>
            builder.Options = builder.Options with { MaxReplyBytes = OptionText.Number(value, 1, long.MaxValue) });
        Add(names, ["maxDedicatedConnections"], static (builder, value) =>
            builder.Options = builder.Options with { MaxDedicatedConnections = (int)OptionText.Number(value, 1, int.MaxValue) });
    }

    private static void AddMaintenance(Dictionary<string, OptionName> names)
    {
        AddMaintenance(names, ["maintNotifications", "mode"], static (maintenance, value) => maintenance with
        {
            Mode = OptionText.OneOf(
                value, ("auto", MaintenanceMode.Auto), ("enabled", MaintenanceMode.Enabled), ("disabled", MaintenanceMode.Disabled)),
        });
        AddMaintenance(names, ["movingEndpointType", "endpointForm"], static (maintenance, value) => maintenance with
        {
            EndpointForm = OptionText.OneOf(
                value.Replace("-", "", StringComparison.Ordinal),
                ("auto", MovingEndpointForm.Auto),
                ("internalip", MovingEndpointForm.InternalIp),
                ("internalfqdn", MovingEndpointForm.InternalFqdn),
                ("externalip", MovingEndpointForm.ExternalIp),
                ("externalfqdn", MovingEndpointForm.ExternalFqdn),
                ("none", MovingEndpointForm.None),
                ("serverdefault", MovingEndpointForm.ServerDefault)),
        });
        AddMaintenance(names, ["relaxedTimeout"], static (maintenance, value) => maintenance with { RelaxedTimeout = OptionText.Time(value) });
        AddMaintenance(names, ["relaxedBlockingMargin"], static (maintenance, value) =>
            maintenance with { RelaxedBlockingMargin = OptionText.Time(value) });
        AddMaintenance(names, ["longestWindow"], static (maintenance, value) => maintenance with { LongestWindow = OptionText.Time(value) });
        AddMaintenance(names, ["tail"], static (maintenance, value) => maintenance with { Tail = OptionText.Time(value) });
        AddMaintenance(names, ["handoffTimeout"], static (maintenance, value) => maintenance with { HandoffTimeout = OptionText.Time(value) });
        AddMaintenance(names, ["holdLimit"], static (maintenance, value) => maintenance with { HoldLimit = OptionText.Time(value) });
        AddMaintenance(names, ["proactiveHandoff"], static (maintenance, value) =>
            maintenance with { ProactiveHandoff = OptionText.Boolean(value) });
        AddMaintenance(names, ["dnsPoll"], static (maintenance, value) => maintenance with { DnsPoll = OptionText.Time(value) });
    }

    private static void Add(Dictionary<string, OptionName> names, string[] aliases, Action<OptionsBuilder, string> apply)
    {
        var option = new OptionName(aliases[0], apply);
        Array.ForEach(aliases, alias => names.Add(alias, option));
    }

    private static void Add(
        Dictionary<string, OptionName> names, string[] aliases, Func<RedisClientOptions, TimeSpan, RedisClientOptions> apply) =>
        Add(names, aliases, (OptionsBuilder builder, string value) => builder.Options = apply(builder.Options, OptionText.Time(value)));

    private static void AddMaintenance(
        Dictionary<string, OptionName> names, string[] aliases, Func<MaintenanceOptions, string, MaintenanceOptions> apply) =>
        Add(names, aliases, (OptionsBuilder builder, string value) =>
            builder.Options = builder.Options with { Maintenance = apply(builder.Options.Maintenance, value) });
}
