using Baton.Protocol.Resp;

namespace Baton.Protocol.Maintenance;

/// <summary>A parsed <c>CLIENT MAINT_NOTIFICATIONS</c>.</summary>
/// <param name="On">ON or OFF.</param>
/// <param name="EndpointType">What ON asked for.</param>
public readonly record struct MaintNotificationsCommand(bool On, MovingEndpointType EndpointType)
{
    /// <summary>
    /// Parses <c>CLIENT MAINT_NOTIFICATIONS ON|OFF [moving-endpoint-type X]</c> in any letter case. False with an error text (without the
    /// leading <c>-</c>, starting with <c>ERR</c>) for: neither ON nor OFF, unknown parameter, parameter without value, unknown type, more after OFF.
    /// </summary>
    public static bool TryParse(RequestScanner request, ReadOnlySpan<byte> data, out MaintNotificationsCommand command, out string error) =>
        throw new NotImplementedException();
}
