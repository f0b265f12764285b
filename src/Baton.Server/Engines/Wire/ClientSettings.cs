namespace Baton.Server.Engines.Wire;

/// <summary>Gives an engine what is new of the clients' settings, one setting at a time: a refused one does not take the others with it.</summary>
internal static class ClientSettings
{
    /// <exception cref="EngineException">The engine does not answer, or refuses settings; the message names them.</exception>
    public static async Task ApplyAsync(
        EngineControl control, ShardSpec spec, ShardSettings before, ShardSettings settings, CancellationToken cancellationToken)
    {
        KeyValuePair<string, string>[] changed = [.. settings.Configuration.Except(before.Configuration)];
        if (changed.Length == 0)
        {
            return;
        }

        RespBatch batch = new();
        foreach ((string name, string value) in changed)
        {
            batch.Add("CONFIG", "SET", name, value);
        }

        RespReply[] replies = await control.SendAsync(batch, cancellationToken).ConfigureAwait(false);
        string[] refused = [.. changed.Zip(replies).Where(s => s.Second.IsError).Select(s => $"{s.First.Key} ({s.Second.Text})")];
        if (refused.Length > 0)
        {
            throw new EngineException($"{spec} refuses the setting {string.Join(", ", refused)}");
        }
    }
}
