import { seatsOf } from '../../lambda/event/event-layout';
import { seatId, venue } from '../../bench/server/venue';

test.each([20, 300, 2_000, 60_000])(
  'a venue of %d seats has as many, named as the buyers name them',
  (seats) => {
    const all = seatsOf(venue(seats));

    expect(all).toHaveLength(seats);
    expect(all[0]!.seatId).toBe(seatId(0));
    expect(all.at(-1)!.seatId).toBe(seatId(seats - 1));
  },
);
