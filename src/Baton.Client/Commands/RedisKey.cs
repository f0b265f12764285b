using System.Text;

namespace Baton.Client;

/// <summary>A key: text (sent as UTF-8) or bytes. Converts implicitly from both; a default key is the empty string. Immutable.</summary>
public readonly struct RedisKey : IEquatable<RedisKey>
{
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>A key of text.</summary>
    /// <exception cref="ArgumentNullException">The text is null: a key cannot be null, an empty one is allowed.</exception>
    public RedisKey(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>A key of bytes. The memory must not change until the command is done.</summary>
    public RedisKey(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>A key of text.</summary>
    public static implicit operator RedisKey(string text) => new(text);

    /// <summary>A key of bytes.</summary>
    /// <exception cref="ArgumentNullException">A key cannot be null.</exception>
    public static implicit operator RedisKey(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new((ReadOnlyMemory<byte>)bytes);
    }

    /// <summary>A key of bytes.</summary>
    public static implicit operator RedisKey(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Two keys are the same when they are sent as the same bytes.</summary>
    public static bool operator ==(RedisKey left, RedisKey right) => left.Equals(right);

    /// <summary>Opposite of ==.</summary>
    public static bool operator !=(RedisKey left, RedisKey right) => !left.Equals(right);

    /// <summary>The bytes that are sent.</summary>
    public byte[] ToArray() => _text is null ? _bytes.ToArray() : Encoding.UTF8.GetBytes(_text);

    /// <inheritdoc/>
    public bool Equals(RedisKey other) =>
        _text is not null && other._text is not null ? _text == other._text : ToArray().AsSpan().SequenceEqual(other.ToArray());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RedisKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(ToArray());
        return hash.ToHashCode();
    }

    /// <summary>The key as text.</summary>
    public override string ToString() => _text ?? Encoding.UTF8.GetString(_bytes.Span);

    /// <summary>The same bytes as an argument, without a copy.</summary>
    internal RedisValue AsValue() => _text is not null ? _text : _bytes;

    internal void WriteTo(ref CommandWriter writer)
    {
        if (_text is not null)
        {
            writer.AddText(_text);
        }
        else
        {
            writer.AddBytes(_bytes.Span);
        }
    }
}
