using System.Security.Cryptography;
using System.Text;

namespace Baton.Client;

/// <summary>
/// A Lua script. Made once and kept: it is sent by its hash, and in full only to servers that do not know it yet. Immutable.
/// </summary>
public sealed class RedisScript
{
    /// <summary>A script.</summary>
    /// <param name="text">The script.</param>
    /// <param name="isReadOnly">
    /// Whether it only reads. Then it is sent as EVALSHA_RO (Redis 7), which refuses to write, and may be repeated when a connection ends.
    /// </param>
    public RedisScript(string text, bool isReadOnly = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        Text = text;
        IsReadOnly = isReadOnly;
        Sha1 = HashOf(text);
    }

    /// <summary>The script.</summary>
    public string Text { get; }

    /// <summary>Whether it only reads.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Its name on the server: SHA-1, 40 hexadecimal digits in lower case.</summary>
    public string Sha1 { get; }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "Redis names scripts so; nothing is protected by it.")]
    private static string HashOf(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary><c>EVALSHA sha1 numkeys key ... arg ...</c>, or with the text.</summary>
    internal CommandWriter Begin(bool bySha1, ReadOnlySpan<RedisKey> keys, ReadOnlySpan<RedisValue> arguments)
    {
        var traits = IsReadOnly ? CommandTraits.ReadOnly : CommandTraits.None;
        var command = (bySha1, IsReadOnly) switch
        {
            (true, false) => CommandWriter.Begin("EVALSHA"u8, traits),
            (true, true) => CommandWriter.Begin("EVALSHA_RO"u8, traits),
            (false, false) => CommandWriter.Begin("EVAL"u8, traits),
            _ => CommandWriter.Begin("EVAL_RO"u8, traits),
        };
        command.AddText(bySha1 ? Sha1 : Text);
        command.AddCounted(keys);
        command.Add(arguments);
        return command;
    }
}
