namespace MyKey.App.WaitingRooms;

public static class WaitingRoomsModule
{
    public static void AddWaitingRooms(this WebApplicationBuilder builder) => builder.Services.AddSingleton<WaitingRoom>();
}
