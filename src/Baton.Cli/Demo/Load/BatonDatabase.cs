using System.Net;
using Baton.Cli.Demo.Model;
using Baton.Client;
using Baton.Protocol.Subscriptions;

namespace Baton.Cli.Demo.Load;

/// <summary>
/// One Baton.Client for many callers, as an application has it: ordinary commands share a connection; blocking pops, transactions with WATCH and
/// subscriptions have others. Thread-safe.
/// </summary>
internal sealed class BatonDatabase : IAsyncDisposable
{
    /// <summary>The row its connections are counted in.</summary>
    public const string Name = "Baton.Client";

    // As for the other clients: a timeout means that an answer is missing, not that the machine is busy.
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(10);

    private readonly LoadContext _context;
    private readonly ClientStatistics _row;

    private BatonDatabase(LoadContext context, ClientStatistics row, RedisClient client)
    {
        (_context, _row, Client) = (context, row, client);
        row.Connected();
        client.HandoffEnded += OnHandoffEnded;
    }

    /// <summary>The client.</summary>
    public RedisClient Client { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="LoadFailedException">It cannot, or the server refuses the opt-in.</exception>
    public static async Task<BatonDatabase> ConnectAsync(LoadContext context, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var row = context.Statistics.Row(Name);
        var options = new RedisClientOptions
        {
            Endpoints = [new RedisEndpoint($"{endpoint.Address}", endpoint.Port)],
            Password = context.Password,
            ClientName = "demo-baton",
            CommandTimeout = CommandLimit,
            Maintenance = new MaintenanceOptions { Mode = context.Notifications ? MaintenanceMode.Enabled : MaintenanceMode.Disabled },
            LoggerFactory = new BatonConnectionLog(context.Statistics, row),
        };
        try
        {
            return new BatonDatabase(context, row, await RedisClient.ConnectAsync(options, cancellationToken));
        }
        catch (RedisException e)
        {
            throw new LoadFailedException($"Baton.Client cannot connect to {endpoint}: {e.Message}", e);
        }
    }

    /// <summary>A caller.</summary>
    /// <param name="row">Where its commands are counted.</param>
    public BatonClient Caller(string row) => new(Client, _context, _context.Statistics.Row(row));

    /// <summary>Subscribes until disposed. The client itself takes care that nothing is lost or doubled when it moves: all is one connection here.</summary>
    /// <exception cref="LoadFailedException">The server refuses.</exception>
    public async Task SubscribeAsync(SubscriptionKind kind, string name, SubscriptionModel model, CancellationToken cancellationToken)
    {
        var row = _context.Statistics.Row("Baton.Client subscriber");
        try
        {
            _ = await Client.SubscribeAsync(kind, [name], message =>
            {
                row.Received();
                model.Received(connection: 0, long.Parse(message.Text, System.Globalization.CultureInfo.InvariantCulture));
                return ValueTask.CompletedTask;
            }, null, cancellationToken);
        }
        catch (RedisException e)
        {
            throw new LoadFailedException($"Baton.Client cannot subscribe to {name}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Client.HandoffEnded -= OnHandoffEnded;
        return Client.DisposeAsync();
    }

    private void OnHandoffEnded(object? sender, RedisHandoffEvent handoff)
    {
        if (handoff.Succeeded)
        {
            _row.HandedOff();
        }
    }
}
