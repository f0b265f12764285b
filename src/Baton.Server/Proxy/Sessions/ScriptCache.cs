using System.Security.Cryptography;
using System.Text;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// The scripts a database's clients have sent, so that a shard's new master can be given them before it serves. Bounded: the oldest
/// go first.
/// Thread-safe; on the data path it costs one SHA-1 per new body.
/// </summary>
internal sealed class ScriptCache
{
    /// <summary>Most scripts kept.</summary>
    public const int MaxScripts = 10_000;

    /// <summary>Most bytes of scripts kept.</summary>
    public const long MaxBytes = 64L * 1024 * 1024;

    private const int Sha1Length = 40;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string Sha1, byte[] Body)> _bySha1 = new(StringComparer.OrdinalIgnoreCase);

    // Numbers grow with each script; those that are kept follow each other without a gap, as only the oldest goes.
    private readonly Dictionary<long, string> _byNumber = [];
    private long _oldest = 1;
    private long _next = 1;
    private long _bytes;
    private long _generation;

    /// <summary>Goes up with every SCRIPT FLUSH: what was known of an instance's scripts before is not true any more.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Remembers a body; returns its SHA-1 in lower-case hex.</summary>
    public string Remember(ReadOnlySpan<byte> body)
    {
        string sha1 = Sha1Of(body);
        lock (_lock)
        {
            if (_bySha1.ContainsKey(sha1) || body.Length > MaxBytes)
            {
                return sha1;
            }

            _bySha1[sha1] = (sha1, body.ToArray());
            _byNumber[_next++] = sha1;
            _bytes += body.Length;
            while (_bytes > MaxBytes || _bySha1.Count > MaxScripts)
            {
                _byNumber.Remove(_oldest++, out string? oldest);
                _bySha1.Remove(oldest!, out (string Sha1, byte[] Body) old);
                _bytes -= old.Body.Length;
            }
        }

        return sha1;
    }

    /// <summary>SCRIPT FLUSH.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _bySha1.Clear();
            _byNumber.Clear();
            _oldest = _next;
            _bytes = 0;
            _generation++;
        }
    }

    /// <summary>The script with a SHA-1 as a client spelled it: its name in lower case and its body.</summary>
    public bool TryFind(ReadOnlySpan<byte> sha1, out string name, out byte[] body)
    {
        (name, body) = ("", []);
        if (sha1.Length != Sha1Length)
        {
            return false;
        }

        Span<char> text = stackalloc char[Sha1Length];
        Encoding.Latin1.GetChars(sha1, text);
        lock (_lock)
        {
            if (!_bySha1.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out (string Sha1, byte[] Body) found))
            {
                return false;
            }

            (name, body) = found;
            return true;
        }
    }

    /// <summary>How many scripts came behind the one with a number.</summary>
    public long CountAfter(long number)
    {
        lock (_lock)
        {
            return _next - Math.Max(number + 1, _oldest);
        }
    }

    /// <summary>
    /// The bodies that came behind the one with a number, oldest first, bounded by their count and about by their bytes; the number goes up to the
    /// last of them.
    /// </summary>
    public IReadOnlyList<byte[]> After(ref long number, int most, int mostBytes)
    {
        List<byte[]> bodies = [];
        lock (_lock)
        {
            int bytes = 0;
            for (number = Math.Max(number, _oldest - 1); number + 1 < _next && bodies.Count < most && bytes < mostBytes; number++)
            {
                byte[] body = _bySha1[_byNumber[number + 1]].Body;
                bodies.Add(body);
                bytes += body.Length;
            }
        }

        return bodies;
    }

    // Redis names scripts by SHA-1; it protects nothing here.
#pragma warning disable CA5350
    private static string Sha1Of(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA1.HashData(body));
#pragma warning restore CA5350
}
