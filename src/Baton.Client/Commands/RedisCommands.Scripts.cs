namespace Baton.Client;

/// <summary>Scripts and functions.</summary>
public abstract partial class RedisCommands
{
    /// <summary>
    /// True where a reply comes too late to send a script again in its full text (transactions, pipelines): it is sent in full at once.
    /// </summary>
    private protected virtual bool SendsScriptsInFull => false;

    /// <summary>
    /// EVALSHA, and EVAL when the server does not know the script: its result as a <typeparamref name="T"/>:
    /// <c>EvalAsync&lt;long&gt;(script, ["counter"], [5])</c>
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">The keys it uses (KEYS); not to be changed before the command has ended.</param>
    /// <param name="arguments">Its arguments (ARGV); not to be changed before the command has ended.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<T?> EvalAsync<T>(
        RedisScript script, RedisKey[]? keys = null, RedisValue[]? arguments = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        if (SendsScriptsInFull)
        {
            var command = script.Begin(bySha1: false, keys, arguments);
            return SendAsync<T?>(ref command, ReplyReaderFor<T>.Default!, cancellationToken);
        }

        return EvalKnownAsync<T>(script, keys, arguments, cancellationToken);
    }

    /// <summary>The same, with the raw reply.</summary>
    public async ValueTask<RedisReply> EvalAsync(
        RedisScript script, RedisKey[]? keys = null, RedisValue[]? arguments = null, CancellationToken cancellationToken = default)
    {
        var reply = (await EvalAsync<RedisReply>(script, keys, arguments, cancellationToken).ConfigureAwait(false))!;
        return reply.IsError ? throw RedisServerException.From(reply.AsBytes()!.Value.Span) : reply;
    }

    /// <summary>SCRIPT LOAD: the script's hash.</summary>
    public ValueTask<string> ScriptLoadAsync(RedisScript script, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        return WriteAsync("SCRIPT"u8, ReplyReaders.Text, cancellationToken, "LOAD", script.Text);
    }

    /// <summary>SCRIPT EXISTS: whether the server knows it.</summary>
    public async ValueTask<bool> ScriptExistsAsync(RedisScript script, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        var known = await ReadAsync("SCRIPT"u8, ReplyReaderFor<bool>.Array, cancellationToken, "EXISTS", script.Sha1).ConfigureAwait(false);
        return known is [true];
    }

    /// <summary>SCRIPT FLUSH: the server forgets all scripts.</summary>
    public ValueTask<bool> ScriptFlushAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("SCRIPT"u8, ReplyReaders.Ok, cancellationToken, "FLUSH");

    /// <summary>SCRIPT KILL: ends a script that runs too long and has written nothing.</summary>
    public ValueTask<bool> ScriptKillAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("SCRIPT"u8, ReplyReaders.Ok, cancellationToken, "KILL");

    /// <summary>FCALL: a function's result as a <typeparamref name="T"/>.</summary>
    public ValueTask<T?> FCallAsync<T>(
        string function,
        ReadOnlySpan<RedisKey> keys = default,
        ReadOnlySpan<RedisValue> arguments = default,
        CancellationToken cancellationToken = default) =>
        CallAsync<T>("FCALL"u8, CommandTraits.None, function, keys, arguments, cancellationToken);

    /// <summary>FCALL_RO: the result of a function that only reads.</summary>
    public ValueTask<T?> FCallRoAsync<T>(
        string function,
        ReadOnlySpan<RedisKey> keys = default,
        ReadOnlySpan<RedisValue> arguments = default,
        CancellationToken cancellationToken = default) =>
        CallAsync<T>("FCALL_RO"u8, CommandTraits.ReadOnly, function, keys, arguments, cancellationToken);

    /// <summary>FUNCTION LOAD: the library's name.</summary>
    /// <param name="library">The library's text, which begins with <c>#!lua name=...</c></param>
    /// <param name="replace">Whether a library of that name is replaced; else it is an error. Default: no.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<string> FunctionLoadAsync(string library, bool replace = false, CancellationToken cancellationToken = default) =>
        replace
            ? WriteAsync("FUNCTION"u8, ReplyReaders.Text, cancellationToken, "LOAD", "REPLACE", library)
            : WriteAsync("FUNCTION"u8, ReplyReaders.Text, cancellationToken, "LOAD", library);

    /// <summary>FUNCTION DELETE: a whole library.</summary>
    public ValueTask<bool> FunctionDeleteAsync(string library, CancellationToken cancellationToken = default) =>
        WriteAsync("FUNCTION"u8, ReplyReaders.Ok, cancellationToken, "DELETE", library);

    /// <summary>FUNCTION FLUSH: all libraries.</summary>
    public ValueTask<bool> FunctionFlushAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("FUNCTION"u8, ReplyReaders.Ok, cancellationToken, "FLUSH");

    /// <summary>FUNCTION LIST: the libraries.</summary>
    public ValueTask<FunctionLibrary[]> FunctionListAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("FUNCTION"u8, ServerReplies.Libraries, cancellationToken, "LIST");

    /// <summary>FUNCTION DUMP: all libraries in the server's own form, for <see cref="FunctionRestoreAsync"/>.</summary>
    public ValueTask<byte[]> FunctionDumpAsync(CancellationToken cancellationToken = default) =>
        ReadAsync("FUNCTION"u8, ReplyReaders.Bytes, cancellationToken, "DUMP");

    /// <summary>FUNCTION RESTORE: loads what <see cref="FunctionDumpAsync"/> gave.</summary>
    /// <param name="dump">The libraries.</param>
    /// <param name="replace">Whether libraries of the same name are replaced; else they are an error. Default: no.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> FunctionRestoreAsync(
        ReadOnlyMemory<byte> dump, bool replace = false, CancellationToken cancellationToken = default) =>
        WriteAsync("FUNCTION"u8, ReplyReaders.Ok, cancellationToken, "RESTORE", dump, replace ? "REPLACE" : "APPEND");

    /// <summary>FUNCTION KILL: ends a function that runs too long and has written nothing.</summary>
    public ValueTask<bool> FunctionKillAsync(CancellationToken cancellationToken = default) =>
        WriteAsync("FUNCTION"u8, ReplyReaders.Ok, cancellationToken, "KILL");

    private async ValueTask<T?> EvalKnownAsync<T>(
        RedisScript script, RedisKey[]? keys, RedisValue[]? arguments, CancellationToken cancellationToken)
    {
        try
        {
            var result = await SendScriptAsync<T>(script, bySha1: true, keys, arguments, cancellationToken).ConfigureAwait(false);
            if (result is not RedisReply { IsError: true } raw || !raw.AsString()!.StartsWith("NOSCRIPT", StringComparison.Ordinal))
            {
                return result;
            }
        }
        catch (RedisServerException e) when (e.Code == "NOSCRIPT")
        {
            // It was not run: below it is, and the server knows it from then on.
        }

        return await SendScriptAsync<T>(script, bySha1: false, keys, arguments, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<T?> SendScriptAsync<T>(
        RedisScript script, bool bySha1, RedisKey[]? keys, RedisValue[]? arguments, CancellationToken cancellationToken)
    {
        var command = script.Begin(bySha1, keys, arguments);
        return SendAsync<T?>(ref command, ReplyReaderFor<T>.Default!, cancellationToken);
    }

    private ValueTask<T?> CallAsync<T>(
        scoped ReadOnlySpan<byte> name,
        CommandTraits traits,
        string function,
        scoped ReadOnlySpan<RedisKey> keys,
        scoped ReadOnlySpan<RedisValue> arguments,
        CancellationToken cancellationToken)
    {
        var command = CommandWriter.Begin(name, traits);
        command.AddText(function);
        command.AddCounted(keys);
        command.Add(arguments);
        return SendAsync<T?>(ref command, ReplyReaderFor<T>.Default!, cancellationToken);
    }
}
