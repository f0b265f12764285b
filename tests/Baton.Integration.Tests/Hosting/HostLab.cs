using System.Text.Json.Nodes;
using Baton.Cli.Api;
using Baton.Server.Engines;
using Baton.Server.Hosting;
using Baton.TestKit;
using Baton.TestKit.Resp;

namespace Baton.Integration.Tests.Hosting;

/// <summary>A cluster in this process on free ports, with its API. Disposing ends it; its data stays until <see cref="Folder"/> is disposed.</summary>
internal sealed class HostLab : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private HostLab(ClusterHost host, string directory)
    {
        Host = host;
        var access = AccessFile.TryRead(directory)!;
        Api = new BatonApi(new ApiAddress(access.Url, access.User, access.Secret, access.Certificate, Insecure: false));
    }

    public ClusterHost Host { get; }

    public BatonApi Api { get; }

    /// <summary>Short windows, free ports, two loops.</summary>
    public static ClusterHostOptions Options(Folder folder, EngineKind engine) => new()
    {
        DataDirectory = folder.Path,
        Engine = engine,
        RestPort = 0,
        Database = new FirstDatabase { Port = 0, MemorySize = 256 << 20, Replication = engine == EngineKind.Redis },
        HandoffsDelayMs = 50,
        GraceSeconds = 1,
        Loops = 2,
    };

    public static async Task<HostLab> StartAsync(ClusterHostOptions options)
    {
        using var limit = new CancellationTokenSource(Limit);
        return new HostLab(await ClusterHost.StartAsync(options, limit.Token), options.DataDirectory);
    }

    /// <summary>A connection to the first proxy that serves database 1 now.</summary>
    public Task<RawConnection> ConnectAsync()
    {
        var endpoint = Host.EndpointsOf(1)[0];
        return RawConnection.ConnectAsync(endpoint.Address.ToString(), endpoint.Port);
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var limit = new CancellationTokenSource(Limit);
        return await Api.GetAsync(path, limit.Token);
    }

    /// <summary>Starts an operation and waits until it is over.</summary>
    public async Task<JsonObject> RunAsync(HttpMethod method, string path, JsonObject body)
    {
        using var limit = new CancellationTokenSource(Limit);
        var reply = method == HttpMethod.Put
            ? await Api.PutAsync(path, body, limit.Token)
            : await Api.PostAsync(path, body, limit.Token);
        return await Api.WaitForActionAsync((string)reply["action_uid"]!, _ => { }, limit.Token);
    }

    /// <summary>Waits until the database has no change under way.</summary>
    public Task SettledAsync() => Eventually.TrueAsync(
        async () => (string)(await GetAsync("/v1/bdbs/1"))["status"]! == "active", Limit, "an active database");

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Host.DisposeAsync();
    }
}
