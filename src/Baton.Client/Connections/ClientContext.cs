using System.Net;
using Baton.Protocol.Maintenance;
using Microsoft.Extensions.Logging;

namespace Baton.Client;

/// <summary>What all connections of a client share. Thread-safe.</summary>
internal sealed class ClientContext : IHandoffSurroundings
{
    private readonly Lock _gate = new();
    private readonly MaintenanceSettings _settings;
    private readonly Random _random;
    private readonly long _commandMs;
    private readonly long _relaxedMs;
    private long _shardMoves;
    private MaintenanceState _maintenance = MaintenanceState.Quiet;
    private EndpointBook _book;

    public ClientContext(RedisClientOptions options)
    {
        options.Validate();
        Options = options;
        Clock = new CoarseClock(options.TimeProvider);
        Dialer = new Dialer(options, Clock);
        Log = options.LoggerFactory.CreateLogger(LibraryInfo.Name);
        Events = new EventQueue(Log);
        Observer = new CommandObserver(this);
        Tags =
        [
            new("db.system.name", "redis"),
            new("server.address", options.Endpoints[0].Host),
            new("server.port", options.Endpoints[0].Port),
            new("db.namespace", options.Database.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ];
        _settings = MaintenanceSettings.From(options.Maintenance);
        _book = new EndpointBook(options.Endpoints);
        _random = options.Seed is { } seed ? new Random(seed) : new Random(System.Security.Cryptography.RandomNumberGenerator.GetInt32(int.MaxValue));
        _commandMs = Milliseconds(options.CommandTimeout);
        _relaxedMs = Math.Max(_commandMs, Milliseconds(options.Maintenance.RelaxedTimeout));
    }

    /// <summary>As validated.</summary>
    public RedisClientOptions Options { get; }

    /// <summary>Coarse time.</summary>
    public CoarseClock Clock { get; }

    /// <summary>Makes connections.</summary>
    public Dialer Dialer { get; }

    /// <summary>Log entries.</summary>
    public ILogger Log { get; }

    /// <summary>Calls the application's handlers.</summary>
    public EventQueue Events { get; }

    /// <summary>Measures commands while somebody listens.</summary>
    public CommandObserver Observer { get; }

    /// <summary>What every measurement and span says of the client.</summary>
    public KeyValuePair<string, object?>[] Tags { get; }

    /// <summary>Cancelled when the client is disposed.</summary>
    public CancellationTokenSource Lifetime { get; } = new();

    /// <summary>Told of every notification once, whichever connections bring it; never on a reader's thread for long.</summary>
    public Action<ReceivedNotification>? NotificationHeard { get; set; }

    /// <summary>Told of every handoff's end.</summary>
    public Action<RedisHandoffEvent>? HandoffEnded { get; set; }

    /// <summary>What is under way.</summary>
    public MaintenanceState Maintenance => Volatile.Read(ref _maintenance);

    /// <summary>How many ends of moves and failovers were heard of.</summary>
    public long ShardMoves => Interlocked.Read(ref _shardMoves);

    /// <summary>Where to connect.</summary>
    public EndpointBook Book => Volatile.Read(ref _book);

    MaintenanceOptions IHandoffSurroundings.HandoffOptions => Options.Maintenance;

    TimeProvider IHandoffSurroundings.Time => Options.TimeProvider;

    long IHandoffSurroundings.NowMs => Clock.PreciseMs;

    /// <summary>A pause of the time given, give or take half.</summary>
    public TimeSpan Jittered(TimeSpan pause) => pause * (0.5 + NextDouble());

    /// <summary>A random part of the time given.</summary>
    public TimeSpan RandomPart(TimeSpan most) => most * NextDouble();

    Task<IPAddress[]> IHandoffSurroundings.ResolveAsync(RedisEndpoint place, CancellationToken cancellationToken) =>
        Dialer.ResolveAsync(place, cancellationToken);

    /// <summary>A notification came on one of the connections.</summary>
    public void OnNotification(ReceivedNotification notification)
    {
        lock (_gate)
        {
            if (_maintenance.HasSeen(notification))
            {
                return;
            }

            _maintenance = _maintenance.On(notification, Clock.PreciseMs, _settings);
        }

        if (notification.Kind is MaintenanceNotificationKind.Migrated or MaintenanceNotificationKind.FailedOver
            or MaintenanceNotificationKind.SlotsMigrated)
        {
            Interlocked.Increment(ref _shardMoves);
        }

        NotificationHeard?.Invoke(notification);
    }

    /// <summary>A connection has left the place that a MOVING, heard at the time given, was about.</summary>
    public void OnMoved(ReceivedNotification moving, long heardMs)
    {
        lock (_gate)
        {
            _maintenance = _maintenance.OnMoved(moving, heardMs, Clock.PreciseMs, _settings);
        }
    }

    /// <summary>The place, as the application wants it reached; null when none is named, or the application cannot say how.</summary>
    public RedisEndpoint? PlaceNamedBy(ReceivedNotification moving) => MovingPlace.Of(moving, Options.Maintenance, Log);

    /// <summary>The error, which says what maintenance is under way; one that says so already keeps it.</summary>
    public Exception Told(Exception error)
    {
        if (error is RedisException { Maintenance: null } told)
        {
            told.Maintenance = Maintenance.Current;
        }

        return error;
    }

    /// <summary>Changes what is known of places.</summary>
    public void Learn(Func<EndpointBook, EndpointBook> change)
    {
        lock (_gate)
        {
            _book = change(_book);
        }
    }

    /// <summary>The heartbeat: the time, and the limits at it.</summary>
    public CommandLimits Tick()
    {
        var now = Clock.Advance();
        if (!ReferenceEquals(_maintenance, MaintenanceState.Quiet))
        {
            lock (_gate)
            {
                _maintenance = _maintenance.Tick(now);
            }
        }

        return new CommandLimits(now, _commandMs, _relaxedMs, _maintenance.RelaxedForMs, _maintenance.Current);
    }

    /// <summary>Milliseconds of a limit; <see cref="long.MaxValue"/> for none.</summary>
    public static long Milliseconds(TimeSpan limit) => limit == Timeout.InfiniteTimeSpan ? long.MaxValue : (long)limit.TotalMilliseconds;

    private double NextDouble()
    {
        lock (_gate)
        {
            return _random.NextDouble();
        }
    }
}
