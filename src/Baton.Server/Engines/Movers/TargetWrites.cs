using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>A batch of writes to the target that remembers which key each belongs to, so that a refusal can name it.</summary>
internal sealed class TargetWrites
{
    private readonly RespBatch _batch = new();
    private readonly List<byte[]> _keys = [];

    /// <summary>The batch, for exactly the commands that follow for <paramref name="key"/>.</summary>
    public RespBatch For(byte[] key)
    {
        Attribute();
        _current = key;
        return _batch;
    }

    private byte[] _current = [];

    /// <summary>Sends all writes and empties the batch; each must succeed.</summary>
    /// <exception cref="EngineException">The target refused one; the message names the key.</exception>
    public async Task SendAsync(DatabaseLink target, int database, CancellationToken cancellationToken)
    {
        Attribute();
        RespReply[] replies = await target.SendAsync(database, _batch, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < replies.Length; i++)
        {
            if (replies[i].IsError)
            {
                throw new EngineException(
                    $"{target.Engine.Spec} ({target.Engine.Capabilities.DisplayName}) refused key {CopiedKey.Name(_keys[i])} "
                    + $"of database {database}: {replies[i].Text}");
            }
        }

        _batch.Clear();
        _keys.Clear();
    }

    // Every command added since the last call belongs to the current key.
    private void Attribute()
    {
        while (_keys.Count < _batch.Count)
        {
            _keys.Add(_current);
        }
    }
}
