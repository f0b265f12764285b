namespace Baton.Client;

/// <summary>How XADD adds.</summary>
/// <param name="Id">The entry's id; null for one of the server's (<c>*</c>).</param>
/// <param name="Trim">How much of the stream to keep. Default: all.</param>
/// <param name="OnlyExisting">Whether a stream that is not there stays so (NOMKSTREAM). Default: it is made.</param>
public readonly record struct XAddOptions(string? Id = null, StreamTrim Trim = default, bool OnlyExisting = false)
{
    internal void WriteTo(ref CommandWriter command)
    {
        command.AddIf(OnlyExisting, "NOMKSTREAM"u8);
        Trim.WriteTo(ref command);
        command.AddText(Id ?? "*");
    }
}
