using System.Globalization;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>One side of a copy: an engine, a connection to it, and the numbered database selected there. One caller at a time.</summary>
internal sealed class DatabaseLink(IShardEngine engine, RespConnection connection, MoverLimits limits, TimeProvider time) : IAsyncDisposable
{
    private int _selected;

    /// <summary>The engine.</summary>
    public IShardEngine Engine => engine;

    /// <summary>The connection, for what concerns no database.</summary>
    public RespConnection Connection => connection;

    /// <summary>Told of each answer: the copy goes on.</summary>
    public Action? Progressed { get; set; }

    /// <summary>True when the engine has the command.</summary>
    public bool Has(ReadOnlySpan<byte> command) => engine.Capabilities.Commands.Find(command) is not null;

    /// <summary>Sends a batch to a numbered database; error replies are returned.</summary>
    /// <exception cref="EngineException">The connection failed, or the engine does not have the database.</exception>
    public async Task<RespReply[]> SendAsync(int database, RespBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return [];
        }

        if (_selected != database)
        {
            string number = database.ToString(CultureInfo.InvariantCulture);
            await DemandAsync(new RespBatch().Add("SELECT", number), cancellationToken).ConfigureAwait(false);
            _selected = database;
        }

        RespReply[] replies = await connection.SendPatientlyAsync(batch, limits, time, cancellationToken).ConfigureAwait(false);
        Progressed?.Invoke();
        return replies;
    }

    /// <summary>One command that concerns no database and must succeed.</summary>
    /// <exception cref="EngineException">The connection failed, or the engine answered with an error.</exception>
    public async Task<RespReply> DemandAsync(RespBatch command, CancellationToken cancellationToken)
    {
        RespReply reply = (await connection.SendPatientlyAsync(command, limits, time, cancellationToken).ConfigureAwait(false))[0];
        return reply.IsError ? throw new EngineException($"{engine.Spec} refused {command.Name}: {reply.Text}") : reply;
    }

    /// <summary>How many keys each numbered database has, of those that have any.</summary>
    public async Task<IReadOnlyDictionary<int, long>> KeysByDatabaseAsync(CancellationToken cancellationToken) =>
        new InfoReply(await connection.DemandAsync(["INFO", "keyspace"], cancellationToken).ConfigureAwait(false)).KeysByDatabase();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
