using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Baton.Server.Engines;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Baton.Server.Rest;
using Baton.Server.Store;

namespace Baton.Server.Hosting;

/// <summary>
/// A whole cluster in this process: the place where all parts are put together. Several can run side by side. Disposing ends it, bounded:
/// no process, socket or lock stays behind; its data does.
/// </summary>
public sealed class ClusterHost : IAsyncDisposable
{
    private const string UsersFile = "users.json";
    private const string CertificateFile = "rest.pem";
    private const string LocalUser = "local";
    private const int LocalSecretBytes = 32;
    private const int ClusterIdDigits = 32;

    private readonly ClusterHostOptions _options;

    /// <summary>What was started, in order; ended in reverse.</summary>
    private readonly Stack<(string Name, Func<ValueTask> End)> _started = new();

    private ClusterController? _controller;
    private EngineSet? _engines;
    private UserStore? _users;

    /// <summary>The id of the cluster this start made; null when the directory held one.</summary>
    private string? _madeCluster;
    private bool _hadUsers;

    // Engines run with working directories of their own.
    private ClusterHost(ClusterHostOptions options) => _options = options with { DataDirectory = Path.GetFullPath(options.DataDirectory) };

    /// <summary>Requests and state.</summary>
    public IClusterController Controller => _controller!;

    /// <summary>Connections and counters of the data path.</summary>
    public IDataPlane DataPlane { get; private set; } = null!;

    /// <summary>What happens, in sentences. For one reader.</summary>
    public ControlFeed Feed { get; } = new();

    /// <summary>The API: <c>https://localhost:9443</c>.</summary>
    public string RestUrl { get; private set; } = string.Empty;

    /// <summary>True when this start made the cluster, false when the data directory held it already.</summary>
    public bool IsNew { get; private set; }

    /// <summary>An administrator that was made because there was no user; null otherwise. Its password is known only here.</summary>
    public Administrator? MadeAdministrator { get; private set; }

    /// <summary>Names of the API's users.</summary>
    public IReadOnlyList<string> Users { get; private set; } = [];

    /// <summary>Names of the engines that can be used here, and what runs them: <c>redis</c>, <c>redis 7.0.15</c>.</summary>
    public IReadOnlyDictionary<string, string> Engines => _engines!.Factories.Keys.ToImmutableSortedDictionary(
        name => name, name => name == "redis" ? _engines.Redis!.DisplayName : "embedded Microsoft.Garnet", StringComparer.Ordinal);

    /// <summary>
    /// Completes with the reason when the cluster cannot go on (its state cannot be saved, say). It should then be disposed.
    /// </summary>
    public Task<Exception> Faulted => _controller!.Faulted;

    /// <summary>Starts the cluster a data directory holds, or a new one; completes when every database serves.</summary>
    /// <exception cref="ClusterHostException">It could not be started; nothing stays behind.</exception>
    public static async Task<ClusterHost> StartAsync(ClusterHostOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        HostOptionRules.Require(options);
        var host = new ClusterHost(options);
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return host;
        }
        catch (Exception e)
        {
            await host.DisposeAsync().ConfigureAwait(false);
            host.ForgetUnfinished();
            if (e is StoreException or EngineException or InvalidDataException or IOException or UnauthorizedAccessException)
            {
                throw new ClusterHostException(e.Message, e);
            }

            throw;
        }
    }

    /// <summary>Where clients reach a database, by node: only nodes whose proxies are bound now.</summary>
    public IReadOnlyList<IPEndPoint> EndpointsOf(int databaseUid)
    {
        var state = Controller.State;
        var database = state.Databases[databaseUid];
        return [.. database.BoundNodes.Select(uid => new IPEndPoint(
            IPAddress.Parse(state.Nodes[uid].Address), database.Port + state.Nodes[uid].PortOffset))];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var part))
        {
            try
            {
                await part.End().AsTask().WaitAsync(HostLimits.EndOfPart, _options.Clock).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                Feed.Say("end", $"{part.Name} did not end within {HostLimits.EndOfPart.TotalSeconds:0} seconds and is left to the system");
            }
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var (store, stored) = await OpenAsync().ConfigureAwait(false);
        _engines = await EngineSet.FindAsync(_options, stored, cancellationToken).ConfigureAwait(false);
        DataPlane plane = Owned("the data path", new DataPlane(StartDriver(), _options.Clock, _options.MaxBufferedBytes)
        {
            Report = what => Feed.Say("proxy", what),
        });
        DataPlane = plane;
        var parts = new ControlParts
        {
            Store = store,
            DataPlane = DataPlane,
            Engines = _engines.Factories,
            Time = _options.Clock,
            DataDirectory = _options.DataDirectory,
            Feed = Feed,
            BeforeFirstHold = StartRehearsal(stored?.Settings.DefaultEngine ?? StoredSettings.NameOf(_options.Engine)),
        };
        var state = stored ?? MakeState();
        _madeCluster = stored is null ? state.Settings.Id : null;
        _controller = Owned("the controller", await ClusterController.StartAsync(parts, state).ConfigureAwait(false));
        plane.ConfigurationKeeper = new ConfigurationKeeper(_controller);
        await StartRestAsync(cancellationToken).ConfigureAwait(false);
        await StartDatabasesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything that can be wrong with the directory is found before anything is started, and before anything in it is touched.</summary>
    private async Task<(FileClusterStore Store, ClusterState? Stored)> OpenAsync()
    {
        var directory = _options.DataDirectory;
        if (File.Exists(directory))
        {
            throw new ClusterHostException($"{directory} is a file; --data names a directory.");
        }

        if (!File.Exists(Path.Combine(directory, FileClusterStore.LockName)))
        {
            Check(StateFile.Read(Path.Combine(directory, FileClusterStore.FileName)).State); // Taking the lock would be the first trace.
        }

        PrepareDirectory(directory);
        var store = Owned("the store", FileClusterStore.Open(directory));
        var stored = await store.LoadAsync().ConfigureAwait(false);
        Check(stored);
        if (stored is not null)
        {
            StoredSettings.RequireAgreement(stored, _options);
        }

        var users = Path.Combine(directory, UsersFile);
        _hadUsers = File.Exists(users);
        _users = UserStore.Open(users);
        _started.Push(("the users", () => Disposed(_users)));
        return (store, stored);

        void Check(ClusterState? state) => StartCheck.Require(directory, state, _options.AcceptedLosses);
    }

    /// <summary>
    /// A cluster whose first start failed holds nothing yet; the next start shall make it anew, perhaps with other options, and show its
    /// administrator's password, which nobody has seen.
    /// </summary>
    private void ForgetUnfinished()
    {
        if (_madeCluster is null)
        {
            return;
        }

        try
        {
            var state = Path.Combine(_options.DataDirectory, FileClusterStore.FileName);
            File.Delete(state + FileClusterStore.BesideSuffix);
            File.Delete(state);
            if (!_hadUsers)
            {
                File.Delete(Path.Combine(_options.DataDirectory, UsersFile));
            }

            var folders = new InstanceFolders(_options.DataDirectory);
            foreach (var made in folders.Look().Where(found => found.Manifest?.Cluster.Id == _madeCluster))
            {
                folders.Delete(made.Id);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreException)
        {
            Feed.Say("end", $"what the start made could not be removed: {e.Message}");
        }
    }

    private Task StartRehearsal(string engine)
    {
        if (!_options.Rehearse || !_engines!.Factories.TryGetValue(engine, out var factory))
        {
            return Task.CompletedTask;
        }

        var warm = WarmUp.Start();
        var end = new CancellationTokenSource();
        var rehearsal = Task.Run(() => Rehearsal.RunAsync(engine, factory, _options, Feed, end.Token));
        _started.Push(("the rehearsal", async () =>
        {
            await end.CancelAsync().ConfigureAwait(false);
            await rehearsal.ConfigureAwait(false);
            end.Dispose();
        }));
        return Task.WhenAll(warm, rehearsal);
    }

    private IProxyDriver StartDriver() => ProxyDriver.Create(new ProxyDriverOptions
    {
        Loops = _options.Loops,
        Kind = _options.Driver,
        TimeProvider = _options.Clock,
        Report = (what, exception) => Feed.Say("proxy", exception is null ? what : $"{what}: {exception.Message}"),
    });

    private ClusterState MakeState() => new()
    {
        Settings = new ClusterSettings
        {
            Id = RandomNumberGenerator.GetHexString(ClusterIdDigits, lowercase: true),
            Name = _options.ClusterName,
            CreatedTime = _options.Clock.GetUtcNow(),
            ClientMaintNotifications = _options.MaintenanceNotifications,
            HandoffsDelayMs = _options.HandoffsDelayMs,
            EndpointRebindGraceSeconds = _options.GraceSeconds,
            DefaultEngine = StoredSettings.NameOf(_options.Engine),
            DefaultPersistence = StoredSettings.NameOf(_options.Persistence),
        },
        Nodes = NodePlan.Make(_options, NodePlan.CanListen),
    };

    private async Task StartRestAsync(CancellationToken cancellationToken)
    {
        var state = Controller.State;
        var certificate = RestCertificate.LoadOrCreate(
            Path.Combine(_options.DataDirectory, CertificateFile), state.Settings.Name,
            state.Nodes.Values.Select(node => IPAddress.Parse(node.Address)), _options.Clock, Feed);
        _started.Push(("the certificate", () => Disposed(certificate)));
        var users = _users!;
        MadeAdministrator = Administrator.Prepare(users, _options, state.Settings.Name, Feed);
        Users = users.Names;
        var endpoints = RestAddresses.Resolve(_options.RestAddress, _options.RestPort, NodePlan.CanListen);
        try
        {
            var services = new RestServices(Controller, DataPlane, users, _options.Clock);
            var server = Owned("the API", await RestServer
                .StartAsync(new RestServerOptions(endpoints, certificate), services, cancellationToken)
                .ConfigureAwait(false));
            RestUrl = RestAddresses.Url(server.Address);
        }
        catch (IOException e)
        {
            throw new ClusterHostException(
                $"The API cannot listen on {endpoints[0]}: {e.Message} Choose another port with --rest-port.", e);
        }

        WriteAccess(users, certificate);
    }

    private void WriteAccess(UserStore users, X509Certificate2 certificate)
    {
        var access = new AccessFile(
            RestUrl, LocalUser, Convert.ToHexString(RandomNumberGenerator.GetBytes(LocalSecretBytes)), certificate.ExportCertificatePem());
        users.SetForThisRun(access.User, access.Secret);
        access.Write(_options.DataDirectory, Feed);
        _started.Push(("the access file", () =>
        {
            AccessFile.Remove(_options.DataDirectory, Feed);
            return ValueTask.CompletedTask;
        }));
    }

    private async Task StartDatabasesAsync(CancellationToken cancellationToken)
    {
        IsNew = Controller.State.NextDatabaseUid == 1;
        if (IsNew && _options.Database is { } first)
        {
            var result = await Controller.RequestAsync(RequestFor(first), cancellationToken).ConfigureAwait(false);
            if (!result.Accepted)
            {
                throw new ClusterHostException(
                    $"The database {first.Name} cannot be made: {string.Join(" ", result.Errors.Select(error => error.Message))}");
            }
        }

        using var limit = new CancellationTokenSource(HostLimits.StartOfDatabases, _options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var state = await Controller.WaitForAsync(Readiness.IsReached, either.Token).ConfigureAwait(false);
            Readiness.ThrowIfFailed(state, IsNew);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new ClusterHostException(
                $"Not every database served within {HostLimits.StartOfDatabases.TotalSeconds:0} seconds: "
                + Readiness.Describe(Controller.State));
        }
    }

    private static CreateDatabase RequestFor(FirstDatabase first) => new()
    {
        Name = first.Name,
        Port = first.Port,
        MemorySize = first.MemorySize,
        Replication = first.Replication,
        ShardsCount = first.Shards,
        Placement = first.Placement,
        ProxyPolicy = first.ProxyPolicy,
        Password = first.Password,
    };

    private static void PrepareDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        // Data and password hashes are nobody else's business; an existing directory is left as its owner made it.
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static ValueTask Disposed(IDisposable part)
    {
        part.Dispose();
        return ValueTask.CompletedTask;
    }

    private T Owned<T>(string name, T part)
        where T : IAsyncDisposable
    {
        _started.Push((name, part.DisposeAsync));
        return part;
    }
}
