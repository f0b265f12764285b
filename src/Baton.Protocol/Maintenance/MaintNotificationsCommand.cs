using System.Text;
using Baton.Protocol.Resp;

namespace Baton.Protocol.Maintenance;

/// <summary>A parsed <c>CLIENT MAINT_NOTIFICATIONS</c>.</summary>
/// <param name="On">ON or OFF.</param>
/// <param name="EndpointType">What ON asked for.</param>
public readonly record struct MaintNotificationsCommand(bool On, MovingEndpointType EndpointType)
{
    /// <summary>Position of ON or OFF: <c>CLIENT MAINT_NOTIFICATIONS ON</c>.</summary>
    private const int SwitchAt = 2;

    /// <summary>Most bytes of a client's own words repeated in an error.</summary>
    private const int LongestQuote = 64;

    /// <summary>
    /// Parses <c>CLIENT MAINT_NOTIFICATIONS ON|OFF [moving-endpoint-type X]</c> in any letter case. False with an error text (without the
    /// leading <c>-</c>, starting with <c>ERR</c>) for: neither ON nor OFF, unknown parameter, parameter without value, unknown type,
    /// more after OFF.
    /// </summary>
    public static bool TryParse(RequestScanner request, ReadOnlySpan<byte> data, out MaintNotificationsCommand command, out string error)
    {
        command = default;
        if (request.ArgumentCount <= SwitchAt)
        {
            error = "ERR wrong number of arguments for 'client|maint_notifications' command";
            return false;
        }

        var state = request.Argument(data, SwitchAt);
        if (Is(state, "OFF"u8))
        {
            command = new MaintNotificationsCommand(false, MovingEndpointType.Unspecified);
            error = request.ArgumentCount == SwitchAt + 1 ? "" : "ERR syntax error, nothing may follow MAINT_NOTIFICATIONS OFF";
            return error.Length == 0;
        }

        if (!Is(state, "ON"u8))
        {
            error = $"ERR MAINT_NOTIFICATIONS must be ON or OFF, not '{Quote(state)}'";
            return false;
        }

        return TryParseParameters(request, data, out command, out error);
    }

    /// <summary>Key and value by turns behind ON. There is one key; named twice, it is malformed.</summary>
    private static bool TryParseParameters(RequestScanner request, ReadOnlySpan<byte> data, out MaintNotificationsCommand command, out string error)
    {
        const int KeyAt = SwitchAt + 1;
        const int ValueAt = SwitchAt + 2;
        var type = MovingEndpointType.Unspecified;
        error = "";
        if (request.ArgumentCount > KeyAt)
        {
            var key = request.Argument(data, KeyAt);
            if (!Is(key, "moving-endpoint-type"u8))
            {
                error = $"ERR unknown MAINT_NOTIFICATIONS parameter '{Quote(key)}', there is only moving-endpoint-type";
            }
            else if (request.ArgumentCount == ValueAt)
            {
                error = "ERR the MAINT_NOTIFICATIONS parameter moving-endpoint-type has no value";
            }
            else if (!TryParseType(request.Argument(data, ValueAt), out type))
            {
                error = $"ERR unknown moving-endpoint-type '{Quote(request.Argument(data, ValueAt))}', "
                    + "use internal-ip, internal-fqdn, external-ip, external-fqdn or none";
            }
            else if (request.ArgumentCount > ValueAt + 1)
            {
                error = "ERR syntax error, nothing may follow the value of moving-endpoint-type";
            }
        }

        command = error.Length == 0 ? new MaintNotificationsCommand(true, type) : default;
        return error.Length == 0;
    }

    private static bool TryParseType(ReadOnlySpan<byte> text, out MovingEndpointType type)
    {
        type = Is(text, "internal-ip"u8) ? MovingEndpointType.InternalIp
            : Is(text, "internal-fqdn"u8) ? MovingEndpointType.InternalFqdn
            : Is(text, "external-ip"u8) ? MovingEndpointType.ExternalIp
            : Is(text, "external-fqdn"u8) ? MovingEndpointType.ExternalFqdn
            : Is(text, "none"u8) ? MovingEndpointType.None
            : MovingEndpointType.Unspecified;
        return type != MovingEndpointType.Unspecified;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);

    private static string Quote(ReadOnlySpan<byte> text) =>
        text.Length <= LongestQuote ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..LongestQuote]) + "...";
}
