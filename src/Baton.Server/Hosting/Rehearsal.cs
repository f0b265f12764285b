using System.Collections.Immutable;
using System.Net;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Baton.Server.Engines;
using Baton.Server.Engines.Wire;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Baton.Server.Store;

namespace Baton.Server.Hosting;

/// <summary>
/// Moves a shard once in a cluster of its own that nobody sees, with the passengers a switch can have: blocked commands that keep their order, a
/// subscriber, a watched key, tracking, MONITOR, a script (what the engine has of them). Code is compiled when it first runs, also the framework's for
/// types of ours, and the first hold of a process would wait for that. Afterwards nothing of it is left.
/// </summary>
internal static class Rehearsal
{
    /// <summary>Its folder in the cluster's; gone when it is over.</summary>
    public const string Folder = "rehearsal";

    /// <summary>A file that says whose the folder is: only such a one is removed.</summary>
    private const string Mark = "rehearsal.mark";

    private const string Password = "rehearsal";
    private const long MemorySize = 64L << 20;

    /// <summary>The whole of it. 60 s; what is not over then is given up.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Never throws; what went wrong is said in the feed, for it costs only the speed of the first switch.</summary>
    public static async Task RunAsync(
        string engine, IEngineFactory factory, ClusterHostOptions options, ControlFeed feed, CancellationToken cancellationToken)
    {
        // Beside the data, not in the system's folder for such: what a killed process leaves is found, and removed, at the next start.
        string directory = Path.Combine(options.DataDirectory, Folder);
        using CancellationTokenSource limit = new(Limit, options.Clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Remove(directory);
            Directory.CreateDirectory(directory);
            await File.WriteAllTextAsync(Path.Combine(directory, Mark), "A rehearsal's, to be removed at the next start.\n", either.Token)
                .ConfigureAwait(false);
            await using DataPlane plane = new(
                ProxyDriver.Create(new ProxyDriverOptions { Loops = 1, Kind = options.Driver, TimeProvider = options.Clock }), options.Clock);
            await using FileClusterStore store = FileClusterStore.Open(directory);
            await using ClusterController controller = await ClusterController.StartAsync(
                new ControlParts
                {
                    Store = store,
                    DataPlane = plane,
                    Engines = ImmutableDictionary<string, IEngineFactory>.Empty.Add(engine, factory),
                    Time = options.Clock,
                    DataDirectory = directory,
                },
                TwoNodes(engine, options)).ConfigureAwait(false);
            await PlayAsync(controller, options.Clock, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            feed.Say("rehearsal", $"the rehearsal of a switch failed, so the first one may take longer: {e.Message}");
        }
        catch (Exception)
        {
            // The server ends, and so does whatever was under way.
        }
        finally
        {
            TryRemove(directory, feed);
        }
    }

    /// <exception cref="IOException">It cannot be removed, or is not a rehearsal's.</exception>
    private static void Remove(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        if (Directory.EnumerateFileSystemEntries(directory).Any() && !File.Exists(Path.Combine(directory, Mark)))
        {
            throw new IOException($"{directory} is not a rehearsal's, and is left alone.");
        }

        foreach (var part in new DirectoryInfo(directory).EnumerateFileSystemInfos().OrderBy(part => part.Name == Mark))
        {
            if (part is DirectoryInfo folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                part.Delete(); // The mark last: whatever a kill leaves of the folder is still a rehearsal's.
            }
        }

        Directory.Delete(directory);
    }

    private static void TryRemove(string directory, ControlFeed feed)
    {
        try
        {
            Remove(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            feed.Say("rehearsal", $"{directory} could not be removed: {e.Message}");
        }
    }

    private static ClusterState TwoNodes(string engine, ClusterHostOptions options) => new()
    {
        Settings = new ClusterSettings
        {
            Name = "rehearsal.local",
            HandoffsDelayMs = 0,
            HoldLimitMs = 10_000,
            ClientMaintNotifications = true,
            DefaultEngine = engine,
            DefaultPersistence = StoredSettings.NameOf(options.Persistence),
        },
        Nodes = ImmutableSortedDictionary<int, NodeState>.Empty
            .Add(1, new NodeState { Uid = 1, Address = "127.0.0.1" })
            .Add(2, new NodeState { Uid = 2, Address = "127.0.0.1", PortOffset = 1 }),
    };

    private static async Task PlayAsync(ClusterController controller, TimeProvider time, CancellationToken cancellationToken)
    {
        await DoAsync(controller, new CreateDatabase { Name = "db", MemorySize = MemorySize, Port = 0, Password = Password }, cancellationToken)
            .ConfigureAwait(false);
        IPEndPoint address = new(IPAddress.Loopback, controller.State.Databases[1].Port);
        await using RespConnection client = await ConnectAsync(address, time, cancellationToken).ConfigureAwait(false);
        await using RespConnection subscriber = await ConnectAsync(address, time, cancellationToken).ConfigureAwait(false);
        await using RespConnection first = await ConnectAsync(address, time, cancellationToken).ConfigureAwait(false);
        await using RespConnection second = await ConnectAsync(address, time, cancellationToken).ConfigureAwait(false);
        await using RespConnection tracking = await ConnectAsync(address, time, cancellationToken).ConfigureAwait(false);
        await using RespConnection monitor = await ConnectAsync(address, time, cancellationToken).ConfigureAwait(false);
        await client.CallAsync(["SET", "key", "value"], cancellationToken).ConfigureAwait(false);
        await client.CallAsync(["EVAL", "return redis.call('GET', KEYS[1])", "1", "key"], cancellationToken).ConfigureAwait(false);
        await client.CallAsync(["WATCH", "key"], cancellationToken).ConfigureAwait(false);
        await subscriber.CallAsync(["SUBSCRIBE", "channel"], cancellationToken).ConfigureAwait(false);
        await tracking.CallAsync(["HELLO", "3"], cancellationToken).ConfigureAwait(false);
        await tracking.CallAsync(["CLIENT", "TRACKING", "ON"], cancellationToken).ConfigureAwait(false);
        await tracking.CallAsync(["GET", "key"], cancellationToken).ConfigureAwait(false);
        await monitor.CallAsync(["MONITOR"], cancellationToken).ConfigureAwait(false);
        Task<RespReply> waiting = first.CallAsync(["BLPOP", "list", "0"], cancellationToken);
        Task<RespReply> behind = second.CallAsync(["BLPOP", "list", "0"], cancellationToken);

        await DoAsync(controller, new MigrateShards([1], 2), cancellationToken).ConfigureAwait(false);

        await client.CallAsync(["UNWATCH"], cancellationToken).ConfigureAwait(false);
        await client.CallAsync(["RPUSH", "list", "element", "element"], cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(waiting, behind).ConfigureAwait(false);
    }

    private static Task<RespConnection> ConnectAsync(IPEndPoint address, TimeProvider time, CancellationToken cancellationToken) =>
        RespConnection.ConnectAsync(address, Password, Limit, time, cancellationToken);

    private static async Task DoAsync(ClusterController controller, ClusterRequest request, CancellationToken cancellationToken)
    {
        RequestResult result = await controller.RequestAsync(request, cancellationToken).ConfigureAwait(false);
        if (!result.Accepted)
        {
            throw new EngineException(result.Errors[0].Message);
        }

        ClusterState over = await controller.WaitForAsync(
            state => state.Operations.Values.Any(o => o.ActionUid == result.ActionUids[0] && o.IsFinished), cancellationToken).ConfigureAwait(false);
        if (over.Operations.Values.Single(o => o.ActionUid == result.ActionUids[0]).Error is { } error)
        {
            throw new EngineException(error);
        }
    }
}
