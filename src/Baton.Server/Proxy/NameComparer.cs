namespace Baton.Server.Proxy;

/// <summary>Names that users choose are bytes.</summary>
internal sealed class NameComparer : IEqualityComparer<byte[]>
{
    public static NameComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj)
    {
        HashCode hash = default;
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }
}
