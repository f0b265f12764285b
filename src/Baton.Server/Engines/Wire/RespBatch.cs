using System.Buffers;
using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Server.Engines.Wire;

/// <summary>Commands that travel together. Reusable after <see cref="Clear"/>; not thread-safe.</summary>
internal sealed class RespBatch
{
    private readonly ArrayBufferWriter<byte> _output = new(4096);

    /// <summary>Commands in it.</summary>
    public int Count { get; private set; }

    /// <summary>The wire form.</summary>
    public ReadOnlyMemory<byte> Bytes => _output.WrittenMemory;

    /// <summary>Name of the first command, for messages. Never an argument: arguments can be secrets.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Begins a command; exactly <paramref name="arguments"/> calls of <c>Argument</c> must follow.</summary>
    public RespBatch Command(string name, int arguments)
    {
        if (Count++ == 0)
        {
            Name = name;
        }

        RespWriter.WriteArrayHeader(_output, arguments + 1);
        RespWriter.WriteBulk(_output, name);
        return this;
    }

    /// <summary>The next argument.</summary>
    public RespBatch Argument(ReadOnlySpan<byte> value)
    {
        RespWriter.WriteBulk(_output, value);
        return this;
    }

    /// <summary>The next argument, as UTF-8.</summary>
    public RespBatch Argument(string value) => Argument(Encoding.UTF8.GetBytes(value));

    /// <summary>The next argument, in decimal.</summary>
    public RespBatch Argument(long value) => Argument(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A whole command of text.</summary>
    public RespBatch Add(string name, params ReadOnlySpan<string> arguments)
    {
        Command(name, arguments.Length);
        foreach (string argument in arguments)
        {
            Argument(argument);
        }

        return this;
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        _output.ResetWrittenCount();
        Count = 0;
        Name = "";
    }
}
