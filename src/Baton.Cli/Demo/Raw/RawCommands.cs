using System.Buffers;
using System.Globalization;
using System.Text;

namespace Baton.Cli.Demo.Raw;

/// <summary>A batch of commands as one piece of RESP: <c>*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n...</c></summary>
internal sealed class RawCommands
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>How many commands, hence replies.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes to send.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Makes a batch.</summary>
    public static RawCommands Of(IReadOnlyList<string[]> commands)
    {
        var batch = new RawCommands();
        foreach (var command in commands)
        {
            batch.Add(command);
        }

        return batch;
    }

    /// <summary>Appends a command.</summary>
    public RawCommands Add(params string[] arguments)
    {
        WriteHeader('*', arguments.Length);
        foreach (var argument in arguments)
        {
            WriteHeader('$', Encoding.UTF8.GetByteCount(argument));
            Encoding.UTF8.GetBytes(argument, _bytes);
            _bytes.Write("\r\n"u8);
        }

        Count++;
        return this;
    }

    private void WriteHeader(char kind, int count)
    {
        var span = _bytes.GetSpan(16);
        span[0] = (byte)kind;
        count.TryFormat(span[1..], out var digits, default, CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(span[(1 + digits)..]);
        _bytes.Advance(digits + 3);
    }
}
